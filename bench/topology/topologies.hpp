#pragma once

#include <string>
#include <vector>

#include "topology/topology.hpp"

namespace citusbench {

// The nodes of each topology; a line in topology.cpp names it.
std::vector<Node> single_nodes(const ClusterSpec& spec);
std::vector<Node> active_active_nodes(const ClusterSpec& spec);
std::vector<Node> multi_master_nodes(const ClusterSpec& spec);
std::vector<Node> spatial_ha_nodes(const ClusterSpec& spec);
std::vector<Node> active_passive_nodes(const ClusterSpec& spec);
std::vector<Node> dual_cluster_nodes(const ClusterSpec& spec);

Node make_node(std::string name, Role role, NodeKind kind = NodeKind::postgres);
/// Adds worker1 … workerN.
void add_workers(std::vector<Node>& nodes, int count);

} // namespace citusbench
