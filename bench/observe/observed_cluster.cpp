#include "observe/observed_cluster.hpp"

#include <fmt/format.h>

#include "cluster/local_cluster.hpp"

namespace citusbench {

std::string ObservedCluster::name_at(std::string_view host, std::string_view port) const {
    for (const auto& each : nodes)
        if (each.node.host == host && std::to_string(each.node.port) == port) return each.node.name;
    return fmt::format("{}:{}", host, port);
}

ObservedCluster observe(const LocalCluster& cluster) {
    ObservedCluster observed;
    observed.engine = cluster.spec().engine;
    observed.replication = cluster.spec().replication;
    for (const auto& node : cluster.nodes())
        observed.nodes.push_back({node, cluster.conninfo(node)});
    return observed;
}

} // namespace citusbench
