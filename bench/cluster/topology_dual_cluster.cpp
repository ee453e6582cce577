#include <string>

#include "cluster/cluster_map.hpp"
#include "cluster/topology.hpp"

namespace citusbench {

std::vector<Node> dual_cluster_nodes(const ClusterSpec& spec);

std::vector<Node> dual_cluster_nodes(const ClusterSpec& spec) {
    std::vector<Node> nodes;
    for (std::size_t cluster = 0; cluster < static_cast<std::size_t>(spec.clusters); ++cluster) {
        Node node;
        node.cluster = cluster;
        node.name = cluster_letter(cluster) + ".coordinator";
        node.role = Role::coordinator;
        node.is_entry = true;
        nodes.push_back(node);
        node.role = Role::worker;
        node.is_entry = false;
        for (int i = 1; i <= spec.workers; ++i) {
            node.name = cluster_letter(cluster) + ".worker" + std::to_string(i);
            nodes.push_back(node);
        }
    }
    return nodes;
}

} // namespace citusbench
