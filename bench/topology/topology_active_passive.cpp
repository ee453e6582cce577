#include "topology/topology_nodes.hpp"

namespace citusbench {
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

} // namespace citusbench
