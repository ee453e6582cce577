#pragma once

#include <string>

#include "plan/plan.hpp"
#include "run/experiment_session.hpp"

namespace citusbench {

/// Runs a plan in an ExperimentSession: one load, with the plan's faults in it. The exit code.
int run_plan(const Plan& plan, const StopFlag& stop, Reporters& reporters, std::string run_name,
             const SaveRecord& save);

} // namespace citusbench
