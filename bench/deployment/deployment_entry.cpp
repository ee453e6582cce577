#include "deployment/deployment_entry.hpp"

#include "pg/sql_template.hpp"

namespace citusbench {

void EntryDeployment::finish(const std::vector<pg::TableSpec>& tables) {
    auto client = connect();
    for (const auto& table : tables) create_indexes(client, table, qualified(table.name));
}

void EntryDeployment::drop() {
    connect().query(cluster_sql("drop_schema"));
}

std::vector<CopyTarget> EntryDeployment::copy_targets(const pg::TableSpec& table) const {
    return {{spec_.entry_conninfo, qualified(table.name)}};
}

std::size_t EntryDeployment::target_of(const RoutingKey& /*key*/) const {
    return 0;
}

} // namespace citusbench
