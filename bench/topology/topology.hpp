#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "topology/node.hpp"

namespace citusbench {

/// How citusbench runs the nodes of a cluster that it starts.
enum class Runtime : std::uint8_t {
    local,   ///< processes of this machine
    compose, ///< containers of compose.yml
};
constexpr auto enum_names(Runtime /*of*/) {
    return std::to_array<EnumName<Runtime>>(
        {{Runtime::local, "local"}, {Runtime::compose, "compose"}});
}
static_assert(names_each_value<Runtime>(2));

/// When a pooler in front of the entry points lends a client's connection to the next.
enum class Pooling : std::uint8_t {
    none,        ///< there is no pooler
    session,     ///< when the client disconnects
    transaction, ///< when its transaction ends
};
constexpr auto enum_names(Pooling /*of*/) {
    return std::to_array<EnumName<Pooling>>({{Pooling::none, "none"},
                                             {Pooling::session, "session"},
                                             {Pooling::transaction, "transaction"}});
}
static_assert(names_each_value<Pooling>(3));

/// A validated description of a cluster; cluster/make_cluster_spec.hpp makes it from options.
struct ClusterSpec {
    Runtime runtime = Runtime::local;
    std::string topology = "active-active";
    Engine engine = Engine::fdw;
    int clusters = 1; ///< independent ones; workers, replication and shards are each one's
    int workers = 4;
    int writers = 1;             ///< coordinators that clients write through
    int replicas_per_worker = 0; ///< above 0 every worker is a group of Patroni's
    int replication = 1;
    int shards = 32;
    int connections = 16; ///< of the load; max_connections leaves room beyond it
    Pooling pooling = Pooling::none;
    int pool_size = 0; ///< connections of each pooler to the node behind it
    /// Names of the nodes that clients, or the poolers in front, connect to; empty: those that the
    /// topology says.
    std::vector<std::string> entries;
    /// Names of nodes that are reached through a TcpProxy. It ends with the process that started
    /// the cluster, so such a cluster cannot be kept.
    std::vector<std::string> proxied;
};

/// A line of the registry: which nodes a topology is made of.
struct Topology {
    std::string_view name;
    std::string_view summary;
    int workers; ///< where --workers is not given; 0: it does not apply, and the engine is citus or
                 ///< postgres
    int writers; ///< where --writers is not given; 0: it does not apply
    bool has_replicas; ///< has --replicas-per-worker
    int clusters;      ///< independent ones, where --clusters is not given; 1: there are no others
    /// Names and roles in the order of their ports; ports are 0 still. The first holds data.
    std::vector<Node> (*nodes)(const ClusterSpec& spec);
};

std::span<const Topology> topology_registry();
/// nullptr for an unknown name.
const Topology* find_topology(std::string_view name);
/// The names of all topologies, separated by ", ".
std::string topology_names();

/// The nodes of a spec whose topology exists, with its entries.
std::vector<Node> nodes_of(const ClusterSpec& spec);

} // namespace citusbench
