#pragma once

#include "cli/options.hpp"
#include "plan/plan.hpp"

namespace citusbench {

/// --route, --weights and --by, once it is known where the plan runs. Lowers the number of threads
/// that nobody asked for, where each needs a connection to every cluster. Throws UsageError.
void read_route(const ParsedOptions& parsed, Plan& plan);

} // namespace citusbench
