#include <string>

#include "topology/cluster_map.hpp"
#include "topology/topology_nodes.hpp"

namespace citusbench {

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
