#pragma once

#include "measure/client_health.hpp"
#include "plan/plan.hpp"
#include "record/run_record.hpp"
#include "run/narrative.hpp"
#include "target/run_target.hpp"
#include "target/schema.hpp"
#include "worker/worker_pool.hpp"

namespace citusbench {

/// The labels and RunDetails::setup: version, plan, machine, servers and their settings, nodes, how
/// the data was loaded.
RunRecord describe_start(const Plan& plan, const RunTarget& target, const PreparedSchema& schema,
                         pg::CommitProtocol protocol, const std::string& run_name,
                         const StopFlag& stop);

/// Adds what is known only afterwards: the client's cost (`cpu`: of all its threads), and whether
/// its numbers are reliable.
void describe_end(const WorkerCost& cost, Ticks cpu, const Canceller::Counts& cancels,
                  const ClientHealth& client_health, RunRecord& record);

/// Adds the faults as they happened, and how recovery differed among them.
void describe_faults(const FaultSummary& summary, RunRecord& record);

} // namespace citusbench
