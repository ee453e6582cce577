#pragma once

#include "target/run_target.hpp"

namespace citusbench {

/// As a cluster's marker has it: "2/3" is the second of three that each hold their keys; empty
/// for a cluster that holds all of them.
std::string part_name(std::size_t cluster, std::size_t clusters);

/// The number of a run of reads alone where none can be drawn: the last one that fits into ids (see
/// row_id()), so that no other run has it.
inline constexpr std::uint64_t run_of_reads = (1U << 20U) - 1;

/// Brings the schema `citusbench` into the state that the plan asks for (--init) and, unless it is
/// only to be loaded, draws the run number. Throws UsageError, before anything was touched, if
/// citusbench did not make the schema, or where --init never finds other data than the plan needs.
/// `load_seconds` is 0 if nothing was loaded.
struct PreparedSchema {
    RunIdentity identity;
    std::uint64_t rows_loaded = 0;
    double load_seconds = 0;
    double index_seconds = 0;
};
PreparedSchema prepare_schema(const Plan& plan, const RunTarget& target, const StopFlag& stop,
                              const StatusSink& report_status);

} // namespace citusbench
