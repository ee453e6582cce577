#include "cluster/deployment_steps.hpp"
#include "cluster/sql_template.hpp"

namespace citusbench {
namespace {

class PostgresDeployment final : public Deployment {
  public:
    PostgresDeployment(DeploymentSpec spec, const StopFlag& stop)
        : spec_(std::move(spec)), stop_(stop) {}

    void create(const std::vector<pg::TableSpec>& tables,
                const std::vector<std::string>& extensions) override {
        pg::Client client(spec_.entry_conninfo, stop_);
        check_extensions(client, extensions);
        create_schema(client, extensions);
        for (const auto& table : tables) create_table(client, table, qualified(table.name));
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
    DeploymentSpec spec_;
    const StopFlag& stop_;
};

} // namespace

std::unique_ptr<Deployment> make_postgres_deployment(const DeploymentSpec& spec,
                                                     const StopFlag& stop) {
    return std::make_unique<PostgresDeployment>(spec, stop);
}

} // namespace citusbench
