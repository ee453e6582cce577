#pragma once

#include "plan/plan.hpp"
#include "target/run_target.hpp"
#include "verify/verification.hpp"

namespace citusbench {

/// Checks an earlier run against its database, without a load and without healing anything.
/// Throws UsageError where the database does not hold the run's data, RunError where it cannot be
/// asked at all.
Verification verify_again(const VerifyPlan& plan, const StopFlag& stop,
                          const StatusSink& report_status);

} // namespace citusbench
