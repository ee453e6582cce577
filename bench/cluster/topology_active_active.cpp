#include <string>

#include "cluster/topology.hpp"

namespace citusbench {

std::vector<Node> active_active_nodes(const ClusterSpec& spec);

std::vector<Node> active_active_nodes(const ClusterSpec& spec) {
    std::vector<Node> nodes(1);
    nodes[0].name = "coordinator";
    nodes[0].role = Role::coordinator;
    nodes[0].is_entry = true;
    for (int i = 1; i <= spec.workers; ++i) {
        Node worker;
        worker.name = "worker" + std::to_string(i);
        nodes.push_back(worker);
    }
    return nodes;
}

} // namespace citusbench
