#pragma once

#include "plan/plan.hpp"
#include "target/run_target.hpp"
#include "target/schema.hpp"

namespace citusbench {

/// Says how many rows were loaded and how fast; nothing where none were.
void report_loaded(const PreparedSchema& schema, const StatusSink& report_status);

/// With --keep, leaves the cluster running and says how to reach and to remove it.
void keep_cluster(const Plan& plan, RunTarget& target, const StatusSink& report_status);

} // namespace citusbench
