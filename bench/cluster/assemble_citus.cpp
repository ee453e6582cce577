#include <string>
#include <string_view>

#include "cluster/assemble.hpp"
#include "cluster/sql_template.hpp"
#include "pg/client.hpp"

namespace citusbench {
namespace {

std::string about(const Node& node, std::string_view statement) {
    return cluster_sql(
        statement, {{"host", pg::quote_literal(node.host)}, {"port", std::to_string(node.port)}});
}

/// A coordinator with the workers of its cluster.
void assemble_one(const ClusterState& state, const Node& coordinator, const StopFlag& stop) {
    pg::Client client(state.conninfo(coordinator), stop);
    client.query(about(coordinator, "citus_coordinator"));
    bool alone = true;
    for (const auto& node : state.nodes) {
        if (node.role != Role::worker || node.cluster != coordinator.cluster) continue;
        alone = false;
        client.query(about(node, "citus_add_worker"));
    }
    if (alone) client.query(about(coordinator, "citus_holds_shards"));
}

} // namespace

void assemble_citus(const ClusterState& state, const StopFlag& stop) {
    // All nodes are copies of one template, and Citus takes a node with its own server id for
    // itself.
    for (const auto& node : state.nodes)
        pg::Client(state.conninfo(node), stop).query(cluster_sql("citus_new_server_id"));
    for (const auto& node : state.nodes)
        if (node.role == Role::coordinator) assemble_one(state, node, stop);
}

} // namespace citusbench
