#pragma once

#include <span>
#include <string>

#include "cli/options.hpp"
#include "plan/plan.hpp"

namespace citusbench {

/// Checks every rule across the options and freezes the plan. Looks at this machine (its
/// PostgreSQL) and at the workload's files, but starts and touches nothing. Throws UsageError.
Plan make_plan(const ParsedOptions& options, std::span<const std::string> args);

/// The command line as recorded: passwords in connection strings as ***.
std::string recorded_command_line(std::span<const std::string> args);

} // namespace citusbench
