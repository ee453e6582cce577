#pragma once

#include "measure/trust.hpp"
#include "plan/plan.hpp"
#include "record/run_record.hpp"
#include "run/sentences.hpp"
#include "target/schema.hpp"
#include "target/target.hpp"
#include "worker/crew.hpp"

namespace citusbench {

/// The labels and, in `details`, everything known before the load starts: version, plan, machine,
/// servers and their settings, nodes, how the data was loaded.
RunRecord describe_start(const Plan& plan, const Target& target, const PreparedSchema& schema,
                         pg::CommitProtocol protocol, const std::string& run_name,
                         const StopFlag& stop);

/// Adds what is known only afterwards: the client's cost (`cpu`: of all its threads), how far it
/// can be trusted.
void describe_end(const WorkerCost& cost, Ticks cpu, const Canceller::Counts& cancels,
                  const Trust& trust, RunRecord& record);

/// Adds the faults as they happened, and how recovery differed among them.
void describe_faults(const FaultStory& story, RunRecord& record);

} // namespace citusbench
