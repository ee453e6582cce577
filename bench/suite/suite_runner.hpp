#pragma once

#include <string>

#include "run/experiment_session.hpp"
#include "suite/plan.hpp"

namespace citusbench {

/// Runs a suite in an ExperimentSession: each operation under each condition of the plan. The exit
/// code.
int run_suite(const SuitePlan& plan, const StopFlag& stop, Reporters& reporters,
              std::string run_name, const SaveRecord& save);

} // namespace citusbench
