#pragma once

#include "core/stop_flag.hpp"
#include "verify/nodes.hpp"
#include "verify/run_description.hpp"
#include "verify/scan.hpp"
#include "verify/verification.hpp"

namespace citusbench {

/// Compares the database with the acknowledged writes of a run: reads every row through every entry
/// point, recovers in-doubt transactions on every node of Citus, reads again if something was
/// missing or in doubt, and compares the copies of each shard. Changes only in-doubt transactions.
/// Never throws for errors of servers or for Ctrl-C: an unfinished check says so.
Verification verify(const RunDescription& description, const VerificationTarget& target,
                    const StopFlag& stop, const ProgressLine& progress);

} // namespace citusbench
