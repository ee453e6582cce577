#include "deployment/deployment_entry.hpp"
#include "pg/sql_template.hpp"

namespace citusbench {
namespace {

class PostgresDeployment final : public SingleEntryDeployment {
  public:
    using SingleEntryDeployment::SingleEntryDeployment;

    void create(const std::vector<pg::TableSpec>& tables,
                const std::vector<std::string>& extensions) override {
        auto client = connect();
        check_extensions(client, extensions);
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
