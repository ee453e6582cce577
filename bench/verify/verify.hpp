#pragma once

#include "core/stop_flag.hpp"
#include "verify/nodes.hpp"
#include "verify/run_description.hpp"
#include "verify/scan.hpp"
#include "verify/verification.hpp"

namespace citusbench {

/// Compares the database with what a run was told: looks at every row through every entry point,
/// recovers in-doubt transactions on every node of Citus, looks again where something was missing
/// or in doubt, and compares the copies of each shard. Changes nothing but in-doubt transactions.
/// Never throws for what servers do or for Ctrl-C: what could not be finished says so.
Verification verify(const RunDescription& description, const VerificationTarget& target,
                    const StopFlag& stop, const ProgressLine& progress);

} // namespace citusbench
