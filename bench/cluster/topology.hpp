#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/node.hpp"

namespace citusbench {

/// A validated wish for a cluster; cluster/cluster_wish.hpp makes it from options.
struct ClusterSpec {
    std::string topology = "active-active";
    Engine engine = Engine::fdw;
    int clusters = 1; ///< independent ones; workers, replication and shards are each one's
    int workers = 4;
    int replication = 1;
    int shards = 32;
    int connections = 16; ///< of the load; max_connections leaves room beyond it
    /// Names of nodes that are reached through a TcpProxy. It ends with the process that started
    /// the cluster, so such a cluster cannot be kept.
    std::vector<std::string> proxied;
};

/// A line of the registry: which nodes a topology is made of.
struct Topology {
    std::string_view name;
    std::string_view summary;
    bool has_workers; ///< otherwise --workers does not apply and the engine is citus or postgres
    int workers;      ///< where --workers is not given
    int clusters;     ///< independent ones, where --clusters is not given; 1: there are no others
    /// Names and roles in the order of their ports; ports are 0 still.
    std::vector<Node> (*nodes)(const ClusterSpec& spec);
};

std::span<const Topology> topology_registry();
/// nullptr for an unknown name.
const Topology* find_topology(std::string_view name);

} // namespace citusbench
