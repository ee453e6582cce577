#pragma once

#include "options/option_table.hpp"
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
/// What --help-all alone shows, of any group.
const OptionTable<Plan>& advanced_table();

/// All throw UsageError.
void read_workload(const ParsedOptions& options, Plan& plan);
void read_load(const ParsedOptions& options, Plan& plan);
/// Needs the workload and the number of connections. Looks at this machine's PostgreSQL.
void read_target(const ParsedOptions& options, Plan& plan);

} // namespace citusbench
