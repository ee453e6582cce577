#include "cluster/topology.hpp"

namespace citusbench {

std::vector<Node> single_nodes(const ClusterSpec&);

std::vector<Node> single_nodes(const ClusterSpec&) {
    Node node;
    node.name = "coordinator";
    node.role = Role::coordinator;
    node.is_entry = true;
    return {node};
}

} // namespace citusbench
