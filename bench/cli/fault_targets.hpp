#pragma once

#include "plan/plan.hpp"

namespace citusbench {

/// Looks for the nodes of the plan's faults and decides how the way to each is cut or made longer.
/// Throws UsageError for a kind or node that does not exist, with the names that do, and for what
/// cannot be done to it.
void read_fault_targets(Plan& plan);

} // namespace citusbench
