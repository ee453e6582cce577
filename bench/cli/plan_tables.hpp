#pragma once

#include "options/option_values.hpp"
#include "plan/plan.hpp"

namespace citusbench {

/// The options of a run by group, each with what it writes into the plan (and those of a cluster of
/// citusbench's own: cli/cluster_options). Beside each table are the rules across its options:
/// read_<group>(), called when all values of all tables stand in the plan.
const OptionTable<Plan>& workload_table();
const OptionTable<Plan>& target_table();
const OptionTable<Plan>& load_table();
const OptionTable<Plan>& fault_table();
const OptionTable<Plan>& output_table();
/// Options that only --help-all shows, of any group.
const OptionTable<Plan>& advanced_table();

/// All throw UsageError.
void read_workload(const ParsedOptions& options, Plan& plan);
void read_load(const ParsedOptions& options, Plan& plan);
/// Needs the workload and the number of connections. Looks at this machine's PostgreSQL.
void read_target(const ParsedOptions& options, Plan& plan);

/// --route and --weights, once it is known where the plan runs. Lowers the default number of
/// threads where each needs a connection to every cluster. Throws UsageError.
void read_route(const ParsedOptions& options, Plan& plan);

/// --rate and --arrival, once the faults are known. Throws UsageError.
void read_arrival(const ParsedOptions& options, Plan& plan);

/// The rules of --shard-of and --start-at, after all else. Throws UsageError.
void read_share(const ParsedOptions& options, Plan& plan);

/// Microseconds since 1970 of "2026-01-31T12:00:00Z" (fractions of a second are taken) or of a
/// number of seconds. Throws std::invalid_argument.
std::int64_t parse_moment(std::string_view text);

/// "2/8" is index 1 of 8. Throws std::invalid_argument.
LoadSlice parse_shard_of(std::string_view text);

/// Adds the faults that a --fault or another option of the same form names.
void apply_faults(Plan& plan, const OptionValue& value);

/// The rules of the options of faults, once the plan's cluster is decided. Throws UsageError for a
/// kind or node that does not exist, with the names that do.
void read_faults(const ParsedOptions& options, Plan& plan);

/// Finds the nodes of the plan's faults and decides how network faults are done. Throws UsageError
/// for a kind or node that does not exist, with the existing names, and for a fault that the node
/// does not support.
void read_fault_targets(Plan& plan);

} // namespace citusbench
