#include "cluster/deployment_steps.hpp"
#include "cluster/sql_template.hpp"

namespace citusbench {
namespace {

/// Distributed tables; Citus itself carries every statement to the shards, in parallel.
class CitusDeployment final : public Deployment {
  public:
    CitusDeployment(DeploymentSpec spec, const StopFlag& stop)
        : spec_(std::move(spec)), stop_(stop) {}

    void create(const std::vector<pg::TableSpec>& tables,
                const std::vector<std::string>& extensions) override {
        pg::Client client(spec_.entry_conninfo, stop_);
        auto needed = extensions;
        needed.emplace_back("citus");
        check_extensions(client, needed);
        create_schema(client, extensions);
        client.query(
            cluster_sql("citus_replication", {{"replication", std::to_string(spec_.replication)}}));
        for (const auto& table : tables) {
            create_table(client, table, qualified(table.name));
            distribute(client, table);
        }
    }

    void finish(const std::vector<pg::TableSpec>& tables) override {
        pg::Client client(spec_.entry_conninfo, stop_);
        for (const auto& table : tables) create_indexes(client, table, qualified(table.name));
    }

    void drop() override {
        pg::Client(spec_.entry_conninfo, stop_).query(cluster_sql("drop_schema"));
    }

    std::vector<CopyTarget> copy_targets(const pg::TableSpec& table) const override {
        return {{spec_.entry_conninfo, qualified(table.name)}};
    }

    std::size_t target_of(const RoutingKey&) const override { return 0; }

  private:
    void distribute(pg::Client& client, const pg::TableSpec& table) const {
        const auto name = pg::quote_literal(qualified(table.name));
        const auto column = pg::quote_literal(table.distribution_column);
        // The shard count of a colocated table is its partner's; Citus refuses to be told.
        if (table.colocated_with.empty())
            client.query(cluster_sql(
                "citus_distribute",
                {{"table", name}, {"column", column}, {"shards", std::to_string(spec_.shards)}}));
        else
            client.query(
                cluster_sql("citus_colocate",
                            {{"table", name},
                             {"column", column},
                             {"partner", pg::quote_literal(qualified(table.colocated_with))}}));
    }

    DeploymentSpec spec_;
    const StopFlag& stop_;
};

} // namespace

std::unique_ptr<Deployment> make_citus_deployment(const DeploymentSpec& spec,
                                                  const StopFlag& stop) {
    return std::make_unique<CitusDeployment>(spec, stop);
}

} // namespace citusbench
