#include <gtest/gtest.h>

#include <set>

#include <nlohmann/json.hpp>

#include "support/verify_fixture.hpp"

namespace citusbench {
namespace {

using nlohmann::json;

/// `cluster status` of clusters that something may be wrong with.
class StatusTest : public test::VerifyFixture {
  protected:
    json status(const test::Args& more, int code) const {
        test::Args args = {"cluster", "status", "--format", "json"};
        args.insert(args.end(), more.begin(), more.end());
        const auto finished = run(args);
        EXPECT_EQ(finished.code, code) << finished.all();
        const auto parsed = json::parse(finished.out);
        EXPECT_EQ(parsed["healthy"], code == 0);
        EXPECT_EQ(parsed["reasons"].empty(), code == 0) << parsed["reasons"];
        return parsed;
    }
    static const json& node(const json& status, const std::string& name) {
        for (const auto& each : status["nodes"])
            if (each["name"] == name) return each;
        throw std::runtime_error("no node " + name);
    }
    static std::int64_t rows(const json& status, const std::string& table) {
        std::int64_t sum = 0;
        for (const auto& shard : status["shards"])
            if (shard["table"] == table) sum += shard["rows"].get<std::int64_t>();
        return sum;
    }
    static bool says(const json& status, const std::string& text) {
        return status["reasons"].dump().find(text) != std::string::npos;
    }
    void load(const test::Options& more = {}) {
        dsn_ = kept_conninfo();
        test::Options options = {{"--dsn", dsn_}, {"--init", "only"}};
        options.insert(more.begin(), more.end());
        const auto finished = run(orders(options));
        ASSERT_EQ(finished.code, 0) << finished.all();
    }
};

class StatusCitusTest : public StatusTest {
  protected:
    void SetUp() override {
        if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
        const auto up =
            run({"cluster", "up", "--engine", "citus", "--workers", "3", "--shards", "8"});
        ASSERT_EQ(up.code, 0) << up.all();
    }
};

TEST_F(StatusTest, ShowsPartitionsAndTheirRowsAsTheNodesCountThem) {
    cluster_up();
    EXPECT_TRUE(status({}, 0)["workload"].is_null());
    load();
    const auto all = status({}, 0);
    EXPECT_EQ(all["engine"], "fdw");
    EXPECT_EQ(all["workload"], "orders users=50 orders-per-user=5 products=20");
    EXPECT_EQ(rows(all, "test_users"), 50);
    EXPECT_EQ(rows(all, "test_orders"), 250);
    EXPECT_EQ(rows(all, "test_products"), 20);
    EXPECT_EQ(node(all, "worker1")["placements"], 4 + 4 + 1);
    int partitions = 0;
    for (const auto& shard : all["shards"]) {
        if (shard["table"] != "test_orders") continue;
        ++partitions;
        const auto& copy = shard["placements"][0];
        EXPECT_EQ(copy["rows"],
                  std::stoi(on_node(copy["node"], "select count(*) from citusbench.test_orders_" +
                                                      shard["shard"].get<std::string>())));
    }
    EXPECT_EQ(partitions, 8);
    // Behind a connection string it is found out.
    const auto found = status({"--dsn", dsn_}, 0);
    EXPECT_EQ(found["topology"], "existing");
    EXPECT_EQ(found["shards"], all["shards"]);
}

TEST_F(StatusTest, ADeadNodeIsTheReasonAndTheOthersAreStillShown) {
    cluster_up();
    load();
    ASSERT_EQ(run({"cluster", "kill", "worker2"}).code, 0);
    const auto without = status({}, 1);
    EXPECT_TRUE(says(without, "worker2 is down"));
    EXPECT_EQ(node(without, "worker2")["state"], "down");
    EXPECT_TRUE(node(without, "worker2")["rows"].is_null());
    EXPECT_GT(node(without, "worker1")["rows"], 0);
    status({"worker1"}, 0);
    const auto paused = run({"cluster", "pause", "worker1"});
    EXPECT_TRUE(says(status({}, 1), "worker1 is paused"));
    EXPECT_TRUE(says(status({"--dsn", dsn_}, 1), "worker2 is unreachable"));
    ASSERT_EQ(run({"cluster", "kill", "coordinator"}).code, 0);
    EXPECT_TRUE(says(status({}, 1), "no coordinator answers"));
    ASSERT_EQ(run({"cluster", "heal"}).code, 0);
    status({}, 0);
}

TEST_F(StatusTest, WatchesUntilCtrlCAndRefusesWhatItDoesNotKnow) {
    cluster_up();
    const auto folder = work_ / "watch"; // each program has a folder for its output
    std::filesystem::create_directory(folder);
    test::Program watch(folder, {"cluster", "status", "--watch=100ms"});
    ASSERT_TRUE(watch.wait_for("healthy"));
    ASSERT_EQ(run({"cluster", "kill", "worker1"}).code, 0);
    watch.send(SIGINT);
    const auto watched = watch.finish(10);
    EXPECT_LE(watched.code, 1);
    EXPECT_GE(watched.code, 0);
    for (const test::Args& wrong : std::vector<test::Args>{{"--format", "xml"},
                                                           {"--watch=0"},
                                                           {"worker9"},
                                                           {"--dsn", "port=x=y"},
                                                           {"--form", "json"}}) {
        test::Args args = {"cluster", "status"};
        args.insert(args.end(), wrong.begin(), wrong.end());
        EXPECT_EQ(run(args).code, 2) << wrong.front();
    }
}

TEST_F(StatusCitusTest, ShowsShardsWithTheirCopies) {
    load();
    const auto all = status({}, 0);
    EXPECT_EQ(all["replication"], 2);
    EXPECT_EQ(rows(all, "test_orders"), 250);
    EXPECT_EQ(node(all, "worker1")["active"], true);
    EXPECT_EQ(all["shards"].size(), 2U * 8 + 1);
    for (const auto& shard : all["shards"]) {
        EXPECT_EQ(shard["placements"].size(), shard["kind"] == "reference" ? 4U : 2U);
        for (const auto& copy : shard["placements"]) EXPECT_EQ(copy["rows"], shard["rows"]);
    }
    EXPECT_EQ(status({"--dsn", dsn_}, 0)["shards"].size(), all["shards"].size());
}

TEST_F(StatusCitusTest, MissingCopiesDisabledNodesAndUnresolvedTransactionsAreReasons) {
    load();
    on_entry("select citus_disable_node(nodename, nodeport, true) from pg_dist_node "
             "where nodeport = (select max(nodeport) from pg_dist_node)");
    const auto disabled = status({}, 1);
    EXPECT_TRUE(says(disabled, "worker3 is disabled in Citus"));
    EXPECT_TRUE(says(disabled, "fewer than 2 active copies"));
    EXPECT_GT(disabled["under_replicated"].size(), 0U);
    on_entry("select citus_activate_node(nodename, nodeport) from pg_dist_node where not isactive");
    on_entry("select replicate_table_shards('citusbench.test_users', shard_replication_factor := "
             "2, shard_transfer_mode := 'block_writes')");
    EXPECT_EQ(status({}, 0)["under_replicated"].size(), 0U);
    on_node("worker1", "begin; create table citusbench.doubt (); "
                       "prepare transaction 'citus_0_1_2_3'");
    EXPECT_EQ(status({}, 0)["in_doubt"].size(), 1U) << "it may be on its way";
    std::this_thread::sleep_for(std::chrono::seconds(6));
    EXPECT_TRUE(
        says(status({}, 1), "citus_0_1_2_3 on worker1 is an unresolved prepared transaction"));
    on_node("worker1", "rollback prepared 'citus_0_1_2_3'");
    status({}, 0);
}

} // namespace
} // namespace citusbench
