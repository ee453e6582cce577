#include "cluster/topology.hpp"

#include <array>

namespace citusbench {

// One topology_<name>.cpp each.
std::vector<Node> single_nodes(const ClusterSpec& spec);
std::vector<Node> active_active_nodes(const ClusterSpec& spec);
std::vector<Node> dual_cluster_nodes(const ClusterSpec& spec);

namespace {

constexpr std::array topologies = {
    Topology{"single", "one PostgreSQL, or one Citus node that holds all shards", false, 1, 1,
             single_nodes},
    Topology{"active-active", "a coordinator and N workers that hold the shards", true, 4, 1,
             active_active_nodes},
    Topology{"dual-cluster",
             "N clusters of a coordinator and workers each; the application routes by key", true, 3,
             2, dual_cluster_nodes},
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

} // namespace citusbench
