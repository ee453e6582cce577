#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/enum_names.hpp"

namespace citusbench {

enum class Role : std::uint8_t {
    coordinator,
    worker,
    balancer, ///< passes clients' connections on to coordinators
    dcs,      ///< Patroni's distributed configuration store, which says who leads
    pooler,   ///< lets many clients share few connections to one node
};
constexpr auto enum_names(Role /*of*/) {
    return std::to_array<EnumName<Role>>({{Role::coordinator, "coordinator"},
                                          {Role::worker, "worker"},
                                          {Role::balancer, "balancer"},
                                          {Role::dcs, "dcs"},
                                          {Role::pooler, "pooler"}});
}
static_assert(names_each_value<Role>(5));
/// In files of older versions.
constexpr auto old_enum_names(Role /*of*/) {
    return std::to_array<EnumName<Role>>({{Role::dcs, "store"}});
}

/// What runs as a node. `patroni` is a PostgreSQL that Patroni starts, promotes and ends.
enum class NodeKind : std::uint8_t { postgres, patroni, nginx, haproxy, etcd, pgbouncer };
constexpr auto enum_names(NodeKind /*of*/) {
    return std::to_array<EnumName<NodeKind>>({{NodeKind::postgres, "postgres"},
                                              {NodeKind::patroni, "patroni"},
                                              {NodeKind::nginx, "nginx"},
                                              {NodeKind::haproxy, "haproxy"},
                                              {NodeKind::etcd, "etcd"},
                                              {NodeKind::pgbouncer, "pgbouncer"}});
}
static_assert(names_each_value<NodeKind>(6));

/// A node of a cluster, as everything outside cluster/ sees it.
struct Node {
    std::string name; ///< "coordinator", "worker1", "lb", …
    Role role = Role::worker;
    NodeKind kind = NodeKind::postgres;
    std::string host = "127.0.0.1";
    /// The name under which the other nodes reach it, at the same port; empty: `host`.
    std::string inner_host;
    std::uint16_t port = 0;        ///< at which others reach it: its proxy's where it has one
    std::uint16_t server_port = 0; ///< the server's own; the same without a proxy
    bool is_entry = false;         ///< clients connect here
    std::size_t cluster = 0;       ///< which of several independent clusters it is part of
    /// Of kind patroni: the members of a group replicate one another. 0: the coordinators, from 1
    /// on the workers.
    int group = 0;
    /// Of a pooler: the name of the node that it passes queries on to.
    std::string upstream;
    /// Further ports of its kind, see service/service.hpp.
    std::vector<std::uint16_t> more_ports;

    const std::string& host_for_nodes() const { return inner_host.empty() ? host : inner_host; }
    /// A PostgreSQL with a data directory of its own.
    bool holds_data() const { return kind == NodeKind::postgres || kind == NodeKind::patroni; }
    /// Clients can send queries to it.
    bool takes_queries() const { return kind != NodeKind::etcd; }
};

/// What a list for people calls it: "worker", "coordinator (patroni)", "nginx".
std::string description_of(const Node& node);

/// Which kind of cluster holds the tables. `postgres` is one plain PostgreSQL (topology single
/// without Citus, or an existing database).
enum class Engine : std::uint8_t { citus, fdw, postgres };
constexpr auto enum_names(Engine /*of*/) {
    return std::to_array<EnumName<Engine>>(
        {{Engine::citus, "citus"}, {Engine::fdw, "fdw"}, {Engine::postgres, "postgres"}});
}
static_assert(names_each_value<Engine>(3));

} // namespace citusbench
