#include "deployment/deployment.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "support/local_cluster.hpp"
#include "support/state_folder.hpp"

namespace citusbench {
namespace {

constexpr int row_count = 500;

std::vector<pg::TableSpec> two_tables() {
    pg::TableSpec rooms;
    rooms.name = "rooms";
    rooms.create_sql = "create table :table (id bigint not null, title text not null)";
    rooms.index_sql = {"alter table :table add primary key (id)", "create index on :table (title)"};
    rooms.distribution_column = "id";
    rooms.copy_columns = {"id", "title"};
    auto members = rooms;
    members.name = "members";
    members.colocated_with = "rooms";
    return {rooms, members};
}

std::string title_of(std::int64_t id) {
    return fmt::format("room {}", id);
}

/// Copies the rows 0 … row_count - 1 of a table to the targets that the deployment names for them.
void copy_rows(const Deployment& deployment, const pg::TableSpec& table) {
    const auto targets = deployment.copy_targets(table);
    std::vector<pg::CopyBuffer> buffers(targets.size());
    for (std::int64_t id = 0; id < row_count; ++id) {
        auto& buffer = buffers.at(deployment.target_of(RoutingKey::of(id)));
        buffer.begin_row(2);
        buffer.add_int8(id);
        buffer.add_text(title_of(id));
    }
    for (std::size_t i = 0; i < targets.size(); ++i)
        pg::Client(targets[i].conninfo, test::no_stop)
            .copy_in(
                fmt::format("copy {} (id, title) from stdin (format binary)", targets[i].table),
                buffers[i]);
}

class DeploymentTest : public testing::Test {
  protected:
    /// Creates, loads, asks for every row by its key, drops; twice, because it can be done again.
    void check_life_of_a_schema(const ClusterSpec& spec) {
        const auto cluster = test::start_cluster(spec);
        const auto deployment = make_deployment(deployment_spec(*cluster), test::no_stop);
        for (int round = 0; round < 2; ++round) {
            deployment->create(two_tables(), extensions());
            for (const auto& table : two_tables()) copy_rows(*deployment, table);
            deployment->finish(two_tables());
            expect_every_row_by_its_key(*cluster);
            expect_indexes(*cluster, spec);
            deployment->drop();
            for (const auto& node : cluster->nodes())
                EXPECT_EQ(test::ask(cluster->conninfo(node),
                                    "select count(*) from pg_namespace where nspname = "
                                    "'citusbench'"),
                          "0")
                    << node.name;
        }
    }

    static std::vector<std::string> extensions() {
        if (!find_local_postgres().has_postgis) return {};
        return {"postgis"};
    }

    static void expect_every_row_by_its_key(const LocalCluster& cluster) {
        pg::Client client(cluster.conninfo(cluster.nodes().front()), test::no_stop);
        for (std::int64_t id = 0; id < row_count; ++id) {
            const auto result = client.query(fmt::format(
                "select m.title from citusbench.rooms r join citusbench.members m using (id) "
                "where r.id = {} and m.id = {}",
                id, id));
            ASSERT_EQ(result.rows(), 1) << id;
            ASSERT_EQ(result.text(0, 0), title_of(id));
        }
        EXPECT_EQ(client.query("select count(*) from citusbench.rooms").integer(0, 0), row_count);
    }

    static void expect_indexes(const LocalCluster& cluster, const ClusterSpec& spec) {
        // Per table and placement: its key and the index on the title.
        const int placements = spec.shards * spec.replication;
        std::int64_t indexes = 0;
        for (const auto& node : cluster.nodes())
            if (node.role == Role::worker || cluster.nodes().size() == 1)
                indexes += std::stoll(
                    test::ask(cluster.conninfo(node),
                              "set citus.override_table_visibility = off; " // shards are hidden
                              "select count(*) from pg_index join pg_class c on c.oid = indrelid "
                              "where relname ~ '^(rooms|members)_?[0-9]+$'"));
        if (spec.engine != Engine::postgres) {
            EXPECT_EQ(indexes, 2 * 2 * placements);
        }
    }

    test::StateFolder state_;
};

TEST_F(DeploymentTest, OnFdwEveryRowLiesWhereTheCoordinatorLooks) {
    auto spec = test::workers_spec(Engine::fdw, 3);
    spec.shards = 32;
    check_life_of_a_schema(spec);
}

TEST_F(DeploymentTest, OnPlainPostgresOneTableHoldsAll) {
    check_life_of_a_schema(test::postgres_spec());
}

TEST_F(DeploymentTest, AMissingExtensionIsNamedBeforeAnythingIsMade) {
    const auto cluster = test::start_cluster(test::postgres_spec());
    const auto deployment = make_deployment(deployment_spec(*cluster), test::no_stop);
    EXPECT_THROW(deployment->create(two_tables(), {"no_such_extension"}), UsageError);
    deployment->create(two_tables(), {}); // no schema is in the way
}

using DeploymentCitusTest = DeploymentTest;

TEST_F(DeploymentCitusTest, WithTwoReplicasEveryRowIsFoundByItsKey) {
    if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    auto spec = test::workers_spec(Engine::citus, 3, 2);
    spec.shards = 8;
    check_life_of_a_schema(spec);
}

TEST_F(DeploymentCitusTest, TablesAreColocatedAndReplicatedAsAsked) {
    if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    auto spec = test::workers_spec(Engine::citus, 2, 2);
    spec.shards = 4;
    const auto cluster = test::start_cluster(spec);
    const auto deployment = make_deployment(deployment_spec(*cluster), test::no_stop);
    deployment->create(two_tables(), {});
    const auto entry = cluster->conninfo(cluster->nodes().front());
    EXPECT_EQ(test::ask(entry, "select count(distinct colocationid) from pg_dist_partition"), "1");
    EXPECT_EQ(test::ask(entry, "select count(*) from pg_dist_placement"), "16");
    EXPECT_EQ(test::ask(entry, "select count(*) from pg_dist_node where hasmetadata and isactive"),
              "3");
    EXPECT_EQ(test::ask(entry, "show wal_level"), "logical");
}

TEST_F(DeploymentCitusTest, ASingleNodeHoldsTheShardsItself) {
    if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    auto spec = test::postgres_spec();
    spec.engine = Engine::citus;
    spec.shards = 4;
    check_life_of_a_schema(spec);
}

} // namespace
} // namespace citusbench
