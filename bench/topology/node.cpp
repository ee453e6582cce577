#include "topology/node.hpp"

#include <array>
#include <utility>

namespace citusbench {
namespace {

constexpr std::array role_names = {
    std::pair{Role::worker, "worker"},     std::pair{Role::coordinator, "coordinator"},
    std::pair{Role::balancer, "balancer"}, std::pair{Role::dcs, "dcs"},
    std::pair{Role::pooler, "pooler"},
};

constexpr std::array kind_names = {
    std::pair{NodeKind::postgres, "postgres"}, std::pair{NodeKind::patroni, "patroni"},
    std::pair{NodeKind::nginx, "nginx"},       std::pair{NodeKind::haproxy, "haproxy"},
    std::pair{NodeKind::etcd, "etcd"},         std::pair{NodeKind::pgbouncer, "pgbouncer"},
};

} // namespace

std::string_view name_of(Role role) {
    for (const auto& [each, name] : role_names)
        if (each == role) return name;
    return {};
}

Role role_named(std::string_view name) {
    if (name == "store") return Role::dcs; // its name in state files of older versions
    for (const auto& [role, each] : role_names)
        if (each == name) return role;
    return Role::worker;
}

std::string_view name_of(NodeKind kind) {
    for (const auto& [each, name] : kind_names)
        if (each == kind) return name;
    return {};
}

NodeKind kind_named(std::string_view name) {
    for (const auto& [kind, each] : kind_names)
        if (each == name) return kind;
    return NodeKind::postgres;
}

std::string description_of(const Node& node) {
    if (!node.holds_data()) return std::string(name_of(node.kind));
    auto text = std::string(name_of(node.role));
    return node.kind == NodeKind::patroni ? text + " (patroni)" : text;
}

std::string_view name_of(Engine engine) {
    switch (engine) {
    case Engine::citus:
        return "citus";
    case Engine::fdw:
        return "fdw";
    case Engine::postgres:
        break;
    }
    return "postgres";
}

} // namespace citusbench
