#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "record/run_record.hpp"

namespace citusbench {

/// One process's run of a load that several made (--shard-of), as its folder holds it.
struct ClientRun {
    std::filesystem::path folder;

    // run.json
    unsigned index = 1; ///< from 1
    unsigned count = 1; ///< of the parts of the load
    RunLabels labels;
    bool complete = false;
    std::vector<std::string> warnings; ///< why its numbers are unreliable
    NamedTexts load_facts;             ///< what is the same in all parts of one load, for comparing
    std::string common_members;        ///< see MergedDetails
    std::string own_members;           ///< see MergedClient

    // part.json
    std::int64_t zero_wall_us = 0; ///< as in RunRecord, as what follows
    std::vector<OperationInfo> operations;
    std::vector<PhaseTotals> phases;
    std::vector<PartInterval> intervals;
    std::vector<Event> events;
    std::vector<ErrorClass> errors;

    std::shared_ptr<const Ledger> ledger;
};

/// Throws UsageError for a folder that is no such run, lacks a file, or holds a damaged one.
ClientRun read_client_run(const std::filesystem::path& folder);

/// Throws UsageError unless these are all parts of one load, each of them once.
void check_client_runs(const std::vector<ClientRun>& parts);

} // namespace citusbench
