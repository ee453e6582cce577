#include "run/monitoring.hpp"

namespace citusbench {

ObservedCluster observed(const Target& target) {
    ObservedCluster cluster;
    if (target.cluster) cluster = observe(*target.cluster);
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

Monitoring::Monitoring(const Plan& plan, const Target& target) {
    if (plan.monitor) monitor_.emplace(observed(target));
}

void Monitoring::finish(Ticks zero, RunRecord& record) {
    if (!monitor_) return;
    monitor_->stop();
    record.monitor = monitor_->series();
    record.monitor.set_zero(zero);
    nlohmann::ordered_json troubles = nlohmann::ordered_json::object();
    for (const auto& [node, text] : monitor_->troubles()) troubles[node] = text;
    record.details["monitor"] = {{"samples", monitor_->samples()},
                                 {"missed", monitor_->missed()},
                                 {"values", record.monitor.samples().size()},
                                 {"client_cpu_s", to_seconds(cpu())},
                                 {"troubles", std::move(troubles)}};
}

} // namespace citusbench
