#pragma once

#include <string>

#include "plan/plan.hpp"
#include "target/run_target.hpp"
#include "verify/verification.hpp"
#include "verify/verify.hpp"

namespace citusbench {

/// Where verification finds the rows of a target. `accepted_degradation`: see VerificationTarget.
VerificationTarget verify_target(const RunTarget& target, const Workload& workload,
                                 std::string accepted_degradation, const StopFlag& stop);

/// verify() for a run that has just ended, on the cluster that it ran on.
Verification verify_run(const Plan& plan, const RunTarget& target, const RunIdentity& identity,
                        std::shared_ptr<const Ledger> ledger,
                        const std::string& accepted_degradation, const StopFlag& stop,
                        const StatusSink& report_status);

/// Checks an earlier run against its database, without a load and without healing anything.
/// Throws UsageError where the database does not hold the run's data, RunError where it cannot be
/// asked at all.
Verification verify_again(const VerifyPlan& plan, const StopFlag& stop,
                          const StatusSink& report_status);

} // namespace citusbench
