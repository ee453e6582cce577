#include "topology/topology.hpp"

#include <algorithm>
#include <array>

#include "topology/topologies.hpp"

namespace citusbench {
namespace {

constexpr std::array topologies = {
    Topology{"single", "one PostgreSQL, or one Citus node that holds all shards", 0, 0, false, 1,
             single_nodes},
    Topology{"active-active", "a coordinator and N workers that hold the shards", 4, 0, false, 1,
             active_active_nodes},
    Topology{"multi-master", "N writers over the same workers, behind nginx", 4, 2, false, 1,
             multi_master_nodes},
    Topology{"spatial-ha", "a primary and a secondary coordinator behind HAProxy", 3, 0, false, 1,
             spatial_ha_nodes},
    Topology{"active-passive", "three coordinators of which Patroni lets one lead, behind HAProxy",
             3, 0, true, 1, active_passive_nodes},
    Topology{"dual-cluster",
             "N clusters of a coordinator and workers each; the application routes by key", 3, 0,
             false, 2, dual_cluster_nodes},
};

} // namespace

std::span<const Topology> topology_registry() {
    return topologies;
}

const Topology* find_topology(std::string_view name) {
    for (const auto& topology : topologies)
        if (topology.name == name) return &topology;
    return nullptr;
}

std::string topology_names() {
    std::string names;
    for (const auto& topology : topologies)
        names += (names.empty() ? "" : ", ") + std::string(topology.name);
    return names;
}

namespace {

/// Clients connect to poolers then, "pooler" or "a.pooler" where a cluster has one entry point,
/// else "pooler1", "pooler2", ….
void put_poolers_in_front(std::vector<Node>& nodes) {
    std::vector<Node> poolers;
    for (auto& node : nodes) {
        if (!node.is_entry) continue;
        const auto is_sibling = [&](const Node& other) {
            return other.is_entry && other.cluster == node.cluster;
        };
        const auto before = std::count_if(poolers.begin(), poolers.end(), [&](const Node& pooler) {
            return pooler.cluster == node.cluster;
        });
        const bool has_siblings =
            before > 0 || std::count_if(nodes.begin(), nodes.end(), is_sibling) > 1;
        const auto prefix = node.name.substr(0, node.name.find('.') + 1); // "a.", or nothing
        auto pooler = make_node(prefix + "pooler", Role::pooler, NodeKind::pgbouncer);
        if (has_siblings) pooler.name += std::to_string(before + 1);
        pooler.cluster = node.cluster;
        pooler.upstream = node.name;
        node.is_entry = false;
        poolers.push_back(std::move(pooler));
    }
    for (auto& pooler : poolers) {
        pooler.is_entry = true;
        nodes.push_back(std::move(pooler));
    }
}

} // namespace

std::vector<Node> nodes_of(const ClusterSpec& spec) {
    auto nodes = find_topology(spec.topology)->nodes(spec);
    const auto& entries = spec.entries;
    if (!entries.empty())
        for (auto& node : nodes)
            node.is_entry = std::find(entries.begin(), entries.end(), node.name) != entries.end();
    if (spec.pooling != Pooling::none) put_poolers_in_front(nodes);
    return nodes;
}

} // namespace citusbench
