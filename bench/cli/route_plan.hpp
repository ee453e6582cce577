#pragma once

#include "options/option_values.hpp"
#include "plan/plan.hpp"

namespace citusbench {

/// --route and --weights, once it is known where the plan runs. Lowers the number of threads
/// that nobody asked for, where each needs a connection to every cluster. Throws UsageError.
void read_route(const ParsedOptions& options, Plan& plan);

} // namespace citusbench
