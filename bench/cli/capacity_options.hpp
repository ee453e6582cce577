#pragma once

#include <span>
#include <string>

#include "capacity/plan.hpp"
#include "cli/options.hpp"

namespace citusbench {

/// Parses the options of `citusbench capacity`: its own and those of a run that fit. Throws
/// UsageError, for options of a run that do not fit, too.
ParsedOptions parse_capacity_options(std::span<const std::string> args);

/// The text of capacity --help (or --help-all, or with --workload W).
std::string capacity_help(bool all, const WorkloadRegistration* workload);

/// Checks every rule across the options and freezes the plan; `args` as given, the command's name
/// first. Starts and touches nothing. Throws UsageError.
CapacityPlan make_capacity_plan(const ParsedOptions& options, std::span<const std::string> args);

} // namespace citusbench
