#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "deployment/deployment.hpp"
#include "pg/sqlstate.hpp"
#include "plan/plan.hpp"
#include "worker/load_plan.hpp"

namespace citusbench {

/// Lines for people while a run is set up; `passing` ones are replaced by the next.
using StatusSink = std::function<void(std::string_view line, bool passing)>;

/// The cluster that a run is pointed at: its own, or existing entry points.
struct RunTarget {
    std::unique_ptr<Cluster> cluster; ///< null where citusbench does not control the nodes
    bool own = false;                 ///< started by this run
    bool ours = false;                ///< started by citusbench: its data may be replaced unasked
    std::vector<EntryPoint> entries;
    DeploymentSpec deployment; ///< where there are several clusters, of the first
    /// Those of further clusters, routed to by key: one for each further entry.
    std::vector<DeploymentSpec> further;

    /// One for each cluster.
    std::vector<DeploymentSpec> deployments() const {
        std::vector<DeploymentSpec> all = {deployment};
        all.insert(all.end(), further.begin(), further.end());
        return all;
    }
};

/// The commit protocol, once the tables exist; on several clusters, the one that holds for all of
/// them. Throws RunError.
pg::CommitProtocol protocol_of(const RunTarget& target, const StopFlag& stop);

/// Starts the plan's cluster, or connects to its entry points (trying for 10 s each).
/// Throws RunError, or UsageError for an entry point that cannot serve the workload.
RunTarget open_target(const Plan& plan, const StopFlag& stop, const StatusSink& report_status);

} // namespace citusbench
