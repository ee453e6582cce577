#include "observe/monitored_cluster.hpp"

#include <fmt/format.h>

#include "cluster/cluster.hpp"

namespace citusbench {

const MonitoredNode* MonitoredCluster::first_coordinator(std::size_t cluster) const {
    const MonitoredNode* first = nullptr;
    for (const auto& each : nodes) {
        const auto& node = each.node;
        if (each.conninfo.empty() || node.cluster != cluster) continue;
        if (node.is_entry) return &each;
        if (first == nullptr && node.role == Role::coordinator) first = &each;
    }
    return first;
}

std::string MonitoredCluster::name_at(std::string_view host, std::string_view port) const {
    for (const auto& each : nodes)
        if ((each.node.host == host || each.node.inner_host == host) &&
            std::to_string(each.node.port) == port)
            return each.node.name;
    auto address = fmt::format("{}:{}", host, port);
    for (const auto& alias : aliases)
        if (alias.address == address) return alias.node;
    return address;
}

MonitoredCluster monitored_cluster(const Cluster& cluster) {
    MonitoredCluster observed;
    observed.engine = cluster.spec().engine;
    observed.replication = cluster.spec().replication;
    for (const auto& node : cluster.nodes()) {
        auto& each = observed.nodes.emplace_back();
        each.node = node;
        if (node.holds_data()) each.conninfo = cluster.conninfo(node);
        if (node.kind == NodeKind::pgbouncer)
            each.console = cluster.layout().console_conninfo(node);
    }
    for (std::size_t part = 0; part < static_cast<std::size_t>(cluster.spec().clusters); ++part)
        for (const auto& holder : cluster.layout().shard_holders(part))
            observed.aliases.push_back(
                {fmt::format("{}:{}", holder.host, holder.port), holder.name});
    return observed;
}

} // namespace citusbench
