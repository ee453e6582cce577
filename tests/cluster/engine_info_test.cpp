// What stands behind an entry point is found out in one place, so that a run, a manifest and
// `cluster status` agree on it.
#include "deployment/engine_info.hpp"

#include <gtest/gtest.h>

#include "cli/make_plan.hpp"
#include "deployment/deployment.hpp"
#include "observe/cluster_status.hpp"
#include "pg/conninfo.hpp"
#include "support/local_cluster.hpp"
#include "support/state_folder.hpp"
#include "target/schema.hpp"

namespace citusbench {
namespace {

/// A cluster that runs, and is not the kept one: as somebody else's, behind --dsn.
class EngineInfoTest : public testing::Test {
  protected:
    void start(const ClusterSpec& spec) {
        cluster_ = test::start_cluster(spec);
        conninfo_ = cluster_->conninfo(cluster_->nodes().front());
    }

    /// Loads the workload as the cluster's own citusbench does.
    void load() {
        auto plan = plan_of({"--init", "only"});
        auto target = open(plan);
        target.deployment = deployment_spec(*cluster_);
        prepare_schema(plan, target, test::no_stop, no_tell);
    }

    Plan plan_of(const std::vector<std::string>& more) const {
        std::vector<std::string> args = {"--workload", "chat", "--dsn", conninfo_, "--rooms", "20"};
        args.insert(args.end(), more.begin(), more.end());
        return make_plan(parse_run_options(args), args);
    }

    static RunTarget open(const Plan& plan) { return open_target(plan, test::no_stop, no_tell); }

    EngineInfo info() const {
        pg::Client client(conninfo_, test::no_stop);
        return query_engine(client);
    }

    static void no_tell(std::string_view /*line*/, bool /*lasting*/) {}

    test::StateFolder state_;
    std::unique_ptr<LocalCluster> cluster_;
    std::string conninfo_;
};

TEST_F(EngineInfoTest, OfAPlainPostgresHasItsVersionAndNoShards) {
    start(test::postgres_spec());
    load();
    const auto found = info();
    EXPECT_EQ(found.engine, Engine::postgres);
    EXPECT_EQ(found.postgres_version, find_local_postgres().version);
    EXPECT_EQ(found.citus_version, "");
    EXPECT_EQ(found.shards, 0);
    EXPECT_EQ(found.replication, 1);
    EXPECT_TRUE(found.holds_workload);
}

TEST_F(EngineInfoTest, ARunAndStatusAgreeOnForeignPartitions) {
    auto spec = test::workers_spec(Engine::fdw, 2);
    spec.shards = 6;
    start(spec);
    EXPECT_EQ(info().engine, Engine::fdw) << "nothing is partitioned yet, its servers are there";
    const auto empty = plan_of({});
    EXPECT_THROW(prepare_schema(empty, open(empty), test::no_stop, no_tell), UsageError);
    EXPECT_EQ(test::ask(conninfo_, "select to_regnamespace('citusbench') is null"), "t")
        << "no plain tables on its coordinator";
    load();
    EXPECT_EQ(info().engine, Engine::fdw);
    EXPECT_EQ(info().shards, 6);
    EXPECT_TRUE(info().holds_workload);
    const auto target = open(plan_of({}));
    EXPECT_EQ(target.deployment.engine, Engine::fdw) << "once it was taken for plain PostgreSQL";
    EXPECT_EQ(target.deployment.shards, 6);
    EXPECT_EQ(protocol_of(target, test::no_stop), pg::CommitProtocol::one_phase);
    EXPECT_EQ(discover(conninfo_).engine, Engine::fdw);
}

TEST_F(EngineInfoTest, ForeignPartitionsAreUsedAndNeverReplacedByPlainTables) {
    auto spec = test::workers_spec(Engine::fdw, 2);
    spec.shards = 6;
    start(spec);
    load();
    const auto plan = plan_of({});
    EXPECT_EQ(prepare_schema(plan, open(plan), test::no_stop, no_tell).rows_loaded, 0U);
    const auto other = plan_of({"--seed", "2"});
    EXPECT_THROW(prepare_schema(other, open(other), test::no_stop, no_tell), UsageError);
    EXPECT_EQ(info().shards, 6) << "a refusal touches nothing";
    EXPECT_EQ(test::ask(conninfo_, "select count(*) from citusbench.rooms"), "20");
}

TEST_F(EngineInfoTest, OfCitusTellsItsCoordinatorItsShardsAndItsCopies) {
    if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    auto spec = test::workers_spec(Engine::citus, 2, 2);
    spec.shards = 6;
    start(spec);
    load();
    const auto found = info();
    EXPECT_EQ(found.engine, Engine::citus);
    EXPECT_NE(found.citus_version, "");
    EXPECT_TRUE(found.is_coordinator);
    EXPECT_TRUE(found.has_metadata);
    EXPECT_EQ(found.replication, 2);
    auto session = pg::Conninfo::parse(conninfo_);
    session.set("options", "-c citus.shard_replication_factor=1");
    pg::Client other(session.to_string(), test::no_stop);
    EXPECT_EQ(query_engine(other).replication, 2) << "the data's, not what the session asks for";
    EXPECT_EQ(found.shards, 6);
    pg::Client worker(cluster_->conninfo(cluster_->layout().at("worker1")), test::no_stop);
    EXPECT_FALSE(query_engine(worker).is_coordinator);
}

} // namespace
} // namespace citusbench
