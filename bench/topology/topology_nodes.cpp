#include "topology/topology_nodes.hpp"

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

} // namespace citusbench
