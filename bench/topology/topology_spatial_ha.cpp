#include "topology/topology_nodes.hpp"

namespace citusbench {

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

} // namespace citusbench
