#pragma once

#include "cli/options.hpp"
#include "plan/plan.hpp"

namespace citusbench {

/// Reads --kill, --fault and the lengths of the phases into the plan, whose cluster is decided.
/// Throws UsageError for a kind or node that does not exist, with the names that do.
void read_faults(const ParsedOptions& parsed, Plan& plan);

} // namespace citusbench
