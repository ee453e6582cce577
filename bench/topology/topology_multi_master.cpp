#include "topology/topology_nodes.hpp"

namespace citusbench {

/// On Citus the first writer is the coordinator and the others are query nodes. Those come after
/// the workers: Citus locks replicated shards on the node that sorts first, and that shall hold
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

} // namespace citusbench
