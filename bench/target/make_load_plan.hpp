#pragma once

#include "core/stop_flag.hpp"
#include "plan/plan.hpp"
#include "target/run_target.hpp"
#include "worker/load_plan.hpp"

namespace citusbench {

/// What the workers need of the plan, for a target whose data are loaded. Asks the target which
/// commit protocol it uses and, in runs with faults, where the shards lie. Throws RunError.
LoadPlan make_load_plan(const Plan& plan, const RunTarget& target, const RunIdentity& identity,
                        const StopFlag& stop);

} // namespace citusbench
