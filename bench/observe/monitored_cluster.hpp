#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "topology/node.hpp"

namespace citusbench {

class Cluster;

/// A node that is monitored, and how.
struct MonitoredNode {
    Node node;
    std::string conninfo; ///< for libpq, password included; empty for one that holds no data
    std::string console;  ///< the same of a pooler's admin console; empty for others
};

/// Another address of a node's data: a balancer's port to the leader of a group, under the name of
/// the group's first member.
struct MonitoredAlias {
    std::string address; ///< "host:port"
    std::string node;
};

/// What is monitored: the nodes that citusbench controls, or else the entry points.
struct MonitoredCluster {
    std::vector<MonitoredNode> nodes;
    std::vector<MonitoredAlias> aliases;
    Engine engine = Engine::postgres;
    int replication = 1; ///< copies that each shard should have

    /// The node for queries of the metadata of cluster number `cluster`: an entry point if one
    /// holds data; nullptr if none is known.
    const MonitoredNode* first_coordinator(std::size_t cluster) const;
    /// The node's name, or "host:port" if it is none of them.
    std::string name_at(std::string_view host, std::string_view port) const;
};

MonitoredCluster monitored_cluster(const Cluster& cluster);

} // namespace citusbench
