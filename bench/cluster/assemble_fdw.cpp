#include <string>
#include <vector>

#include "cluster/assemble.hpp"
#include "cluster/sql_template.hpp"
#include "pg/client.hpp"

namespace citusbench {

void assemble_fdw(const ClusterState& state, const StopFlag& stop) {
    // Functions of PostGIS run on the worker only if it is named as an extension both sides have.
    std::string options = state.postgres.has_postgis ? ", extensions 'postgis'" : "";
    if (state.postgres.major >= 15) options += ", parallel_commit 'true'";
    // Patroni starts servers without our environment, which names this file.
    options += ", passfile " + pg::quote_literal(state.pass_file().string());
    std::vector<Node> coordinators;
    for (std::size_t cluster = 0; cluster < static_cast<std::size_t>(state.spec.clusters);
         ++cluster)
        for (const auto& entry : state.set_up_entries(cluster)) coordinators.push_back(entry);
    for (const auto& coordinator : coordinators) {
        pg::Client client(state.conninfo(coordinator), stop);
        for (const auto& node : state.shard_holders(coordinator.cluster))
            client.query(
                cluster_sql("fdw_server", {{"server", pg::quote_identifier(node.name)},
                                           {"host", pg::quote_literal(node.host)},
                                           {"port", pg::quote_literal(std::to_string(node.port))},
                                           {"user", pg::quote_literal(database_user)},
                                           {"options", options}}));
    }
}

} // namespace citusbench
