#pragma once

#include <optional>

#include "observe/monitor.hpp"
#include "record/run_record.hpp"
#include "target/run_target.hpp"

namespace citusbench {

/// The nodes of the target's cluster, or its entry points where citusbench controls no nodes.
MonitoredCluster monitored_cluster(const RunTarget& target);

/// The sampling of a run's nodes, if the plan wants it.
class Monitoring {
  public:
    /// Begins.
    Monitoring(const Plan& plan, const RunTarget& target);
    /// CPU time of the client that went into it so far.
    Ticks cpu() const { return monitor_ ? to_ticks(monitor_->cpu()) : 0; }
    /// Ends it and puts what it saw into the record; `zero` is the start of measuring.
    void finish(Ticks zero, RunRecord& record);

  private:
    std::optional<Monitor> monitor_;
};

} // namespace citusbench
