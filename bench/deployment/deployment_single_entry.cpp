#include "deployment/deployment_single_entry.hpp"

#include "pg/sql_template.hpp"

namespace citusbench {

void SingleEntryDeployment::check(const std::vector<std::string>& extensions) {
    auto client = connect();
    check_schema_can_be_made(client, extensions);
}

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

namespace {

/// Distributed tables; Citus itself carries every statement to the shards, in parallel.
class CitusDeployment final : public SingleEntryDeployment {
  public:
    using SingleEntryDeployment::SingleEntryDeployment;

    void create(const std::vector<pg::TableSpec>& tables,
                const std::vector<std::string>& extensions) override {
        auto client = connect();
        create_schema(client, extensions);
        client.query(cluster_sql("citus_replication",
                                 {{"replication", std::to_string(spec().replication)}}));
        for (const auto& table : tables) {
            create_table(client, table, qualified(table.name));
            distribute(client, table);
        }
    }

  private:
    void distribute(pg::Client& client, const pg::TableSpec& table) const {
        const auto name = pg::quote_literal(qualified(table.name));
        if (table.is_reference) {
            client.query(cluster_sql("citus_reference", {{"table", name}}));
            return;
        }
        const auto column = pg::quote_literal(table.distribution_column);
        // A colocated table has the shard count of its partner; Citus refuses the parameter.
        if (table.colocated_with.empty())
            client.query(cluster_sql(
                "citus_distribute",
                {{"table", name}, {"column", column}, {"shards", std::to_string(spec().shards)}}));
        else
            client.query(
                cluster_sql("citus_colocate",
                            {{"table", name},
                             {"column", column},
                             {"partner", pg::quote_literal(qualified(table.colocated_with))}}));
    }
};

} // namespace

std::unique_ptr<Deployment> make_citus_deployment(const DeploymentSpec& spec,
                                                  const StopFlag& stop) {
    return std::make_unique<CitusDeployment>(spec, stop);
}

namespace {

class PostgresDeployment final : public SingleEntryDeployment {
  public:
    using SingleEntryDeployment::SingleEntryDeployment;

    void create(const std::vector<pg::TableSpec>& tables,
                const std::vector<std::string>& extensions) override {
        auto client = connect();
        create_schema(client, extensions);
        for (const auto& table : tables) create_table(client, table, qualified(table.name));
    }
};

} // namespace

std::unique_ptr<Deployment> make_postgres_deployment(const DeploymentSpec& spec,
                                                     const StopFlag& stop) {
    return std::make_unique<PostgresDeployment>(spec, stop);
}

} // namespace citusbench
