#include <gtest/gtest.h>

#include <map>

#include <nlohmann/json.hpp>

#include "support/verify_fixture.hpp"

namespace citusbench {
namespace {

/// `cluster scale` while a benchmark runs.
class ScaleTest : public test::VerifyFixture {
  protected:
    void up(const std::string& engine) {
        const auto finished =
            run({"cluster", "up", "--engine", engine, "--workers", "2", "--shards", "8"});
        ASSERT_EQ(finished.code, 0) << finished.all();
        dsn_ = kept_conninfo();
    }
    /// Placements by node, as `cluster status` has them.
    std::map<std::string, int> placements() const {
        const auto status = run({"cluster", "status", "--format", "json"});
        EXPECT_EQ(status.code, 0) << status.all();
        std::map<std::string, int> found;
        const auto parsed = nlohmann::json::parse(status.out);
        for (const auto& node : parsed["nodes"])
            found[node["name"]] = node["placements"].get<int>();
        return found;
    }

    /// Reads and writes go on, every answer is checked, and in the end every row is there.
    void scale_under_load() {
        const auto folder = work_ / "load";
        std::filesystem::create_directory(folder);
        test::Program load(
            folder,
            orders({{"--dsn", dsn_},
                    {"--duration", "12s"},
                    {"--check-answers", "100%"},
                    {"--mix", "place_order=4,user_orders=2,order_details=2,update_status=1"}}));
        ASSERT_TRUE(load.wait_for("[1/12 s]")) << load.finish(1).all();
        const auto scaled = run({"cluster", "scale", "--workers", "4"});
        ASSERT_EQ(scaled.code, 0) << scaled.all();
        EXPECT_TRUE(scaled.says("moved ")) << scaled.all();
        const auto finished = load.finish(60);
        EXPECT_EQ(finished.code, 0) << finished.all();
        EXPECT_TRUE(finished.says("none was wrong")) << finished.all();
        EXPECT_EQ(summary("steady").count("unknown"), 0U) << finished.all();
        folder_ = newest_results();
        expect_green();
    }
};

class ScaleCitusTest : public ScaleTest {
  protected:
    void SetUp() override {
        if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    }
};

TEST_F(ScaleTest, PartitionsMoveUnderLoadAndNoWriteIsLost) {
    up("fdw");
    scale_under_load();
    const auto found = placements();
    ASSERT_EQ(found.size(), 5U);
    for (int worker = 1; worker <= 4; ++worker) // 8 partitions of two tables, and products
        EXPECT_EQ(found.at("worker" + std::to_string(worker)), 2 * 2 + 1);
    EXPECT_EQ(on_node("worker1", "select count(*) from pg_class where relkind = 'r' and "
                                 "relname like 'test\\_orders\\_%'"),
              "2")
        << "what has moved away is dropped";
    // What the run knows of placements is as they are now.
    EXPECT_EQ(run(orders({{"--dsn", dsn_},
                          {"--kill", "worker4"},
                          {"--before", "500ms"},
                          {"--during", "500ms"},
                          {"--after", "500ms"}}))
                  .code,
              0);
    EXPECT_EQ(summary("during", "place_order", "unaffected").count("failed"), 0U);
    EXPECT_GT(summary("during", "place_order", "affected").count("failed") +
                  summary("during", "place_order", "affected").count("unknown"),
              0U);
}

TEST_F(ScaleTest, WithAsManyWorkersItSharesOutWhatIsUneven) {
    up("fdw");
    ASSERT_EQ(run(orders({{"--dsn", dsn_}, {"--init", "only"}})).code, 0);
    EXPECT_TRUE(run({"cluster", "scale", "--workers", "2"}).says("0 moves"));
    ASSERT_EQ(run({"cluster", "scale", "--workers", "3"}).code, 0);
    EXPECT_TRUE(run({"cluster", "scale", "--workers", "3"}).says("0 moves"));
    const auto found = placements();
    EXPECT_EQ(found.at("worker1") + found.at("worker2") + found.at("worker3"), 16 + 3);
    EXPECT_GE(found.at("worker3"), 5);
}

TEST_F(ScaleTest, WhatCannotBeDoneIsRefusedBeforeAnythingIsTouched) {
    EXPECT_EQ(run({"cluster", "scale", "--workers", "3"}).code, 2) << "no cluster";
    up("fdw");
    const auto fewer = run({"cluster", "scale", "--workers", "1"});
    EXPECT_EQ(fewer.code, 2);
    EXPECT_TRUE(fewer.says("workers are only added")) << fewer.all();
    EXPECT_EQ(run({"cluster", "scale"}).code, 2);
    EXPECT_EQ(run({"cluster", "scale", "--workers", "0"}).code, 2);
    ASSERT_EQ(run({"cluster", "kill", "worker1"}).code, 0);
    const auto down = run({"cluster", "scale", "--workers", "3"});
    EXPECT_EQ(down.code, 2);
    EXPECT_TRUE(down.says("worker1 is down")) << down.all();
    ASSERT_EQ(run({"cluster", "heal"}).code, 0);
    EXPECT_EQ(placements().size(), 3U);
}

TEST_F(ScaleCitusTest, ShardsMoveUnderLoadAndNoWriteIsLost) {
    up("citus");
    scale_under_load();
    const auto found = placements();
    ASSERT_EQ(found.size(), 5U);
    for (int worker = 1; worker <= 4; ++worker) { // two copies of 8 shards of two tables
        EXPECT_GE(found.at("worker" + std::to_string(worker)), 2 * 3 + 1);
        EXPECT_LE(found.at("worker" + std::to_string(worker)), 2 * 5 + 1);
    }
}

TEST_F(ScaleCitusTest, UnderPatroniWhoeverLeadsMovesTheShards) {
    const auto started = run({"cluster", "up", "--engine", "citus", "--topology", "active-passive",
                              "--workers", "2", "--shards", "4"},
                             120);
    ASSERT_EQ(started.code, 0) << started.all();
    const auto leader = [] {
        const auto kept = LocalCluster::open_kept(test::no_stop);
        return kept->resolve({"leader"}).front();
    };
    if (leader() == "coordinator1") { // the first of the nodes shall follow
        ASSERT_EQ(run({"cluster", "kill", "leader"}, 60).code, 0);
        ASSERT_NE(leader(), "coordinator1");
        ASSERT_EQ(run({"cluster", "heal"}, 90).code, 0);
    }
    const auto scaled = run({"cluster", "scale", "--workers", "3"}, 60);
    EXPECT_EQ(scaled.code, 0) << scaled.all();
    EXPECT_EQ(run({"cluster", "status"}).code, 0);
}

} // namespace
} // namespace citusbench
