#include "run/monitoring.hpp"

namespace citusbench {

MonitoredCluster monitored_cluster(const RunTarget& target) {
    MonitoredCluster cluster;
    if (target.cluster) cluster = monitored_cluster(*target.cluster);
    cluster.engine = target.deployment.engine;
    cluster.replication = target.deployment.replication;
    if (target.cluster) return cluster;
    for (const auto& entry : target.entries) {
        Node node;
        node.name = entry.name;
        node.role = Role::coordinator;
        node.is_entry = true;
        cluster.nodes.push_back({node, entry.conninfo.to_string(), ""});
    }
    return cluster;
}

Monitoring::Monitoring(const Plan& plan, const RunTarget& target) {
    if (plan.monitor) monitor_.emplace(monitored_cluster(target));
}

void Monitoring::finish(Ticks zero, RunRecord& record) {
    if (!monitor_) return;
    monitor_->stop();
    record.monitor = monitor_->series();
    record.monitor.set_zero(zero);
    const auto& errors = monitor_->errors();
    record.details.monitor = MonitorSummary{monitor_->samples(),
                                            monitor_->missed(),
                                            record.monitor.samples().size(),
                                            to_seconds(cpu()),
                                            {errors.begin(), errors.end()}};
}

} // namespace citusbench
