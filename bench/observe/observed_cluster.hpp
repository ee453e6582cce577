#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/node.hpp"

namespace citusbench {

class LocalCluster;

/// A node that is looked at, and how.
struct ObservedNode {
    Node node;
    std::string conninfo; ///< for libpq, password included
};

/// What is looked at: the nodes that citusbench controls, or else the entry points.
struct ObservedCluster {
    std::vector<ObservedNode> nodes;
    Engine engine = Engine::postgres;
    int replication = 1; ///< copies that each shard should have

    /// The node's name, or "host:port" if it is none of them.
    std::string name_at(std::string_view host, std::string_view port) const;
};

ObservedCluster observe(const LocalCluster& cluster);

} // namespace citusbench
