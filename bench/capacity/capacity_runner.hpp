#pragma once

#include <string>

#include "capacity/plan.hpp"
#include "run/experiment_session.hpp"

namespace citusbench {

/// Runs a capacity plan in an ExperimentSession: the search on the whole cluster, the overload, the
/// search with the faults in place, and one verification of all that was written. The exit code: 4
/// where a search found no rate that holds.
int run_capacity(const CapacityPlan& plan, const StopFlag& stop, Reporters& reporters,
                 std::string run_name, const SaveRecord& save);

} // namespace citusbench
