#include "topology/topology_nodes.hpp"

namespace citusbench {

std::vector<Node> active_active_nodes(const ClusterSpec& spec) {
    std::vector<Node> nodes = {make_node("coordinator", Role::coordinator)};
    nodes.front().is_entry = true;
    add_workers(nodes, spec.workers);
    return nodes;
}

} // namespace citusbench
