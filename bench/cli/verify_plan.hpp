#pragma once

#include "options/parsed_options.hpp"
#include "plan/plan.hpp"

namespace citusbench {

/// Reads the folder of --verify-only: makes its workload again, and points the plan at --dsn or the
/// kept cluster. Throws UsageError for a folder that is no run's, and for options that do not go
/// with it.
VerifyPlan make_verify_plan(const ParsedOptions& options);

} // namespace citusbench
