#pragma once

#include <span>
#include <string>

#include "cli/options.hpp"
#include "options/option_values.hpp"
#include "plan/plan.hpp"

namespace citusbench {

/// Checks every rule across the options and freezes the plan. Looks at this machine (its
/// PostgreSQL) and at the workload's files, but starts and touches nothing. Throws UsageError.
Plan make_plan(const ParsedOptions& options, std::span<const std::string> args);

/// The command line as recorded: passwords in connection strings as ***.
std::string recorded_command_line(std::span<const std::string> args);

/// Reads the folder of --verify-only: makes its workload again, and points the plan at --dsn or the
/// kept cluster. Throws UsageError for a folder that is no run's, and for options that do not go
/// with it.
VerifyPlan make_verify_plan(const ParsedOptions& options);

} // namespace citusbench
