#include <string>
#include <vector>

#include "cluster/form_cluster.hpp"
#include "pg/sql_template.hpp"

namespace citusbench {

void make_fdw_server(pg::Client& coordinator, const Node& worker, const ClusterState& state) {
    // Functions of PostGIS run on the worker only if it is named as an extension both sides have.
    std::string options = state.postgres.has_postgis ? ", extensions 'postgis'" : "";
    if (state.postgres.major >= 15) options += ", parallel_commit 'true'";
    // Patroni starts servers without our environment, which names this file.
    options += ", passfile " + pg::quote_literal(state.pass_file().string());
    coordinator.query(
        cluster_sql("fdw_server", {{"server", pg::quote_identifier(worker.name)},
                                   {"host", pg::quote_literal(worker.host)},
                                   {"port", pg::quote_literal(std::to_string(worker.port))},
                                   {"user", pg::quote_literal(database_user)},
                                   {"options", options}}));
}

void form_cluster_fdw(const ClusterState& state, const StopFlag& stop) {
    std::vector<Node> coordinators;
    for (std::size_t cluster = 0; cluster < static_cast<std::size_t>(state.spec.clusters);
         ++cluster)
        for (const auto& entry : state.set_up_entries(cluster)) coordinators.push_back(entry);
    for (const auto& coordinator : coordinators) {
        pg::Client client(state.conninfo(coordinator), stop);
        for (const auto& node : state.shard_holders(coordinator.cluster))
            make_fdw_server(client, node, state);
    }
}

} // namespace citusbench
