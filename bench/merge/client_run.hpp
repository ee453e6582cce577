#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "record/run_record.hpp"

namespace citusbench {

/// One process's run of a load that several made (--shard-of), as its folder holds it.
struct ClientRun {
    std::filesystem::path folder;
    nlohmann::ordered_json run;  ///< run.json
    nlohmann::ordered_json part; ///< part.json
    std::shared_ptr<const Ledger> ledger;

    std::string name() const { return run.at("labels").at("run").get<std::string>(); }
    unsigned index() const { return run.at("share").at("index").get<unsigned>(); } ///< from 1
    unsigned count() const { return run.at("share").at("count").get<unsigned>(); }
};

/// Throws UsageError for a folder that is no such run, or lacks a file.
ClientRun read_client_run(const std::filesystem::path& folder);

/// Throws UsageError unless these are all parts of one load, each of them once.
void check_client_runs(const std::vector<ClientRun>& parts);

} // namespace citusbench
