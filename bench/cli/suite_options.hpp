#pragma once

#include <span>
#include <string>

#include "cli/options.hpp"
#include "suite/plan.hpp"

namespace citusbench {

/// `citusbench suite NAME …`, its arguments without the word suite. Throws UsageError.
ParsedOptions parse_suite_options(std::span<const std::string> args);
SuitePlan make_suite_plan(const ParsedOptions& options, std::span<const std::string> args);
std::string suite_help(bool all, const WorkloadRegistration* workload);

} // namespace citusbench
