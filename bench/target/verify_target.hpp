#pragma once

#include <string>

#include "target/target.hpp"
#include "verify/verify.hpp"

namespace citusbench {

/// Where verification finds the rows of a target. `left_open`: see VerifyTarget.
VerifyTarget verify_target(const Target& target, const Workload& workload, std::string left_open,
                           const StopFlag& stop);

/// verify() for a run that has just ended, on the cluster that it ran on.
Verification verify_run(const Plan& plan, const Target& target, const RunIdentity& identity,
                        std::shared_ptr<const Ledger> ledger, const std::string& left_open,
                        const StopFlag& stop, const Tell& tell);

} // namespace citusbench
