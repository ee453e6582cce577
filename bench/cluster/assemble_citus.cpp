#include <string>

#include "cluster/assemble.hpp"
#include "cluster/sql_template.hpp"
#include "pg/client.hpp"

namespace citusbench {

void assemble_citus(const ClusterState& state, const StopFlag& stop) {
    // All nodes are copies of one template, and Citus takes a node with its own server id for
    // itself.
    for (const auto& node : state.nodes)
        pg::Client(state.conninfo(node), stop).query(cluster_sql("citus_new_server_id"));
    const auto& coordinator = state.nodes.front();
    pg::Client client(state.conninfo(coordinator), stop);
    client.query(cluster_sql("citus_coordinator", {{"host", pg::quote_literal(coordinator.host)},
                                                   {"port", std::to_string(coordinator.port)}}));
    for (const auto& node : state.nodes)
        if (node.role == Role::worker)
            client.query(cluster_sql("citus_add_worker", {{"host", pg::quote_literal(node.host)},
                                                          {"port", std::to_string(node.port)}}));
    if (state.nodes.size() == 1) // holds the shards itself
        client.query(
            cluster_sql("citus_holds_shards", {{"host", pg::quote_literal(coordinator.host)},
                                               {"port", std::to_string(coordinator.port)}}));
}

} // namespace citusbench
