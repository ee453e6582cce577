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
    nlohmann::ordered_json errors = nlohmann::ordered_json::object();
    for (const auto& [node, text] : monitor_->errors()) errors[node] = text;
    record.details["monitor"] = {{"samples", monitor_->samples()},
                                 {"missed", monitor_->missed()},
                                 {"values", record.monitor.samples().size()},
                                 {"client_cpu_s", to_seconds(cpu())},
                                 {"troubles", std::move(errors)}};
}

} // namespace citusbench
