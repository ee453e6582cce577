#include "topology/topologies.hpp"

#include <string>

#include "topology/cluster_map.hpp"

namespace citusbench {

Node make_node(std::string name, Role role, NodeKind kind) {
    Node node;
    node.name = std::move(name);
    node.role = role;
    node.kind = kind;
    return node;
}

void add_workers(std::vector<Node>& nodes, int count) {
    for (int i = 1; i <= count; ++i)
        nodes.push_back(make_node("worker" + std::to_string(i), Role::worker));
}

std::vector<Node> single_nodes(const ClusterSpec& /*spec*/) {
    auto node = make_node("coordinator", Role::coordinator);
    node.is_entry = true;
    return {node};
}

std::vector<Node> active_active_nodes(const ClusterSpec& spec) {
    std::vector<Node> nodes = {make_node("coordinator", Role::coordinator)};
    nodes.front().is_entry = true;
    add_workers(nodes, spec.workers);
    return nodes;
}

/// On Citus the first writer is the coordinator and the others are query nodes. Query nodes come
/// after the workers: Citus locks replicated shards on the node that sorts first, which should hold
/// shards.
std::vector<Node> multi_master_nodes(const ClusterSpec& spec) {
    std::vector<Node> nodes = {make_node("writer1", Role::coordinator)};
    add_workers(nodes, spec.workers);
    for (int i = 2; i <= spec.writers; ++i)
        nodes.push_back(make_node("writer" + std::to_string(i), Role::coordinator));
    nodes.push_back(make_node("lb", Role::balancer, NodeKind::nginx));
    nodes.back().is_entry = true;
    return nodes;
}

/// As multi-master, but clients are sent to the secondary only while the primary is away.
std::vector<Node> spatial_ha_nodes(const ClusterSpec& spec) {
    std::vector<Node> nodes = {make_node("primary", Role::coordinator)};
    add_workers(nodes, spec.workers);
    nodes.push_back(make_node("secondary", Role::coordinator));
    nodes.push_back(make_node("lb", Role::balancer, NodeKind::haproxy));
    nodes.back().is_entry = true;
    nodes.back().more_ports.resize(1); // statistics
    return nodes;
}

namespace {

Node make_member(std::string name, Role role, int group) {
    auto node = make_node(std::move(name), role, NodeKind::patroni);
    node.group = group;
    node.more_ports.resize(1); // its REST interface
    return node;
}

/// worker1, worker1b, worker1c, …: the members of the first group.
void add_groups(std::vector<Node>& nodes, const ClusterSpec& spec) {
    for (int group = 1; group <= spec.workers; ++group) {
        const auto first = "worker" + std::to_string(group);
        nodes.push_back(make_member(first, Role::worker, group));
        for (int replica = 1; replica <= spec.replicas_per_worker; ++replica)
            nodes.push_back(
                make_member(first + static_cast<char>('a' + replica), Role::worker, group));
    }
}

} // namespace

std::vector<Node> active_passive_nodes(const ClusterSpec& spec) {
    constexpr int coordinators = 3;
    std::vector<Node> nodes;
    for (int i = 1; i <= coordinators; ++i)
        nodes.push_back(make_member("coordinator" + std::to_string(i), Role::coordinator, 0));
    if (spec.replicas_per_worker > 0)
        add_groups(nodes, spec);
    else
        add_workers(nodes, spec.workers);
    nodes.push_back(make_node("etcd", Role::dcs, NodeKind::etcd));
    nodes.back().more_ports.resize(1); // for peers
    nodes.push_back(make_node("lb", Role::balancer, NodeKind::haproxy));
    nodes.back().is_entry = true;
    const auto groups = static_cast<std::size_t>(spec.replicas_per_worker > 0 ? spec.workers : 0);
    // Statistics, replicas, the leader of each group.
    nodes.back().more_ports.resize(2 + groups);
    return nodes;
}

std::vector<Node> dual_cluster_nodes(const ClusterSpec& spec) {
    std::vector<Node> nodes;
    for (std::size_t cluster = 0; cluster < static_cast<std::size_t>(spec.clusters); ++cluster) {
        std::vector<Node> own = {make_node("coordinator", Role::coordinator)};
        own.front().is_entry = true;
        add_workers(own, spec.workers);
        for (auto& node : own) {
            node.cluster = cluster;
            node.name = cluster_letter(cluster) + "." + node.name;
            nodes.push_back(node);
        }
    }
    return nodes;
}

} // namespace citusbench
