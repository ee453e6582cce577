#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "topology/node.hpp"

namespace citusbench {

// Targets of faults besides nodes: "patroni@coordinator2" is only the Patroni of that node;
// "leader" is the coordinator that leads when the name is resolved, "leader@worker1" the leader of
// that worker's group.

/// All names that something in a cluster of these nodes answers to, nodes first.
std::vector<std::string> target_names(const std::vector<Node>& nodes);
/// "coordinator2" for "patroni@coordinator2"; other names as they are.
std::string_view node_of_target(std::string_view target);
bool is_patroni_alone(std::string_view target);
/// The group of Patroni's whose leader it is; -1 for another target.
int group_of_leader(std::string_view target, const std::vector<Node>& nodes);
/// Names of the nodes that it may resolve to.
std::vector<std::string> nodes_of_target(std::string_view target, const std::vector<Node>& nodes);

/// What Node::more_ports holds, by kind.
namespace more_port {
inline constexpr std::size_t etcd_peers = 0;
inline constexpr std::size_t patroni_rest = 0;
inline constexpr std::size_t haproxy_statistics = 0;
inline constexpr std::size_t haproxy_replicas = 1; ///< to coordinators that follow; read-only
/// To the leader of a group of workers, counted from 1.
constexpr std::size_t haproxy_group(std::size_t group) {
    return haproxy_replicas + group;
}
} // namespace more_port

} // namespace citusbench
