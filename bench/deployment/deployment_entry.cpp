#include "deployment/deployment_entry.hpp"

#include "pg/sql_template.hpp"

namespace citusbench {

void SingleEntryDeployment::finish(const std::vector<pg::TableSpec>& tables) {
    auto client = connect();
    for (const auto& table : tables) create_indexes(client, table, qualified(table.name));
}

void SingleEntryDeployment::drop() {
    connect().query(cluster_sql("drop_schema"));
}

std::vector<CopyTarget> SingleEntryDeployment::copy_targets(const pg::TableSpec& table) const {
    return {{spec_.entry_conninfo, qualified(table.name)}};
}

std::size_t SingleEntryDeployment::target_of(const RoutingKey& /*key*/) const {
    return 0;
}

} // namespace citusbench
