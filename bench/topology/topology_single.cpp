#include "topology/topology_nodes.hpp"

namespace citusbench {

std::vector<Node> single_nodes(const ClusterSpec& /*spec*/) {
    auto node = make_node("coordinator", Role::coordinator);
    node.is_entry = true;
    return {node};
}

} // namespace citusbench
