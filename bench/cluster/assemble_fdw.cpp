#include <string>

#include "cluster/assemble.hpp"
#include "cluster/sql_template.hpp"

namespace citusbench {

void make_fdw_server(pg::Client& coordinator, const Node& worker, const LocalPostgres& postgres) {
    // Functions of PostGIS run on the worker only if it is named as an extension both sides have.
    std::string options = postgres.has_postgis ? ", extensions 'postgis'" : "";
    if (postgres.major >= 15) options += ", parallel_commit 'true'";
    coordinator.query(
        cluster_sql("fdw_server", {{"server", pg::quote_identifier(worker.name)},
                                   {"host", pg::quote_literal(worker.host)},
                                   {"port", pg::quote_literal(std::to_string(worker.port))},
                                   {"user", pg::quote_literal(database_user)},
                                   {"options", options}}));
}

void assemble_fdw(const ClusterState& state, const StopFlag& stop) {
    for (const auto& coordinator : state.nodes) {
        if (coordinator.role != Role::coordinator) continue;
        pg::Client client(state.conninfo(coordinator), stop);
        for (const auto& node : state.nodes)
            if (node.role == Role::worker) make_fdw_server(client, node, state.postgres);
    }
}

} // namespace citusbench
