#include <gtest/gtest.h>

#include "support/verify_fixture.hpp"

namespace citusbench {
namespace {

/// Orders on whole clusters: answers and rows hold, and red goes what is broken on purpose.
class OrdersRunTest : public test::VerifyFixture {
  protected:
    /// Every operation, every answer checked, a worker that crashes.
    void expect_right(test::Options more) {
        more.insert({{"--mix", "place_order=4,user_orders=2,order_by_id=1,order_details=2,"
                               "update_status=1,revenue=1"},
                     {"--check-answers", "100%"},
                     {"--kill", "worker2"},
                     {"--before", "1s"},
                     {"--during", "1s"},
                     {"--after", "1s"}});
        const auto finished = run(orders(more));
        ASSERT_EQ(finished.code, 0) << finished.all();
        EXPECT_TRUE(finished.says("none was wrong")) << finished.out;
        expect_consistent_files();
        EXPECT_GT(summary("before", "place_order").count("ok"), 0U);
        EXPECT_GT(summary("after", "order_details").count("ok"), 0U);
        EXPECT_GT(summary("before", "revenue").count("ok"), 0U);
        const auto affected = summary("during", "place_order", "affected");
        EXPECT_LT(affected.count("ok"), affected.count("scheduled"));
        expect_nothing_left();
    }

    void start(const test::Options& more = {}) {
        dsn_ = kept_conninfo();
        test::Options options = {{"--dsn", dsn_}, {"--duration", "300ms"}};
        for (const auto& [name, value] : more) options[name] = value;
        const auto finished = run(orders(options));
        ASSERT_EQ(finished.code, 0) << finished.all();
        folder_ = newest_results();
    }
};

class OrdersCitusRunTest : public OrdersRunTest {
  protected:
    void SetUp() override {
        if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    }
};

TEST_F(OrdersRunTest, AnswersAndRowsHoldWhileAWorkerIsDown) {
    expect_right({});
}

TEST_F(OrdersRunTest, ALostOrderAndAChangedProductAreFound) {
    cluster_up();
    start();
    expect_green();
    EXPECT_EQ(test::ask(dsn_, "select count(*) from citusbench.test_products"), "20");
    EXPECT_EQ(on_node("worker2", "select count(*) from citusbench.test_products"), "20");
    on_entry("update citusbench.test_products set price_cents = 1 where product_id = 3");
    const auto id = on_entry(fmt::format(
        "select min(order_id) from citusbench.test_orders where order_id >= {}", test::first_id));
    on_entry("delete from citusbench.test_orders where order_id = " + id);
    expect_red({"lost", "corrupted"}, "test_orders id " + id + " (run 1, operation");
    EXPECT_NE(check("corrupted")["detail"].find("test_products id 3 (loaded row): price_cents not "
                                                "as loaded"),
              std::string::npos)
        << check("corrupted")["detail"];
}

TEST_F(OrdersCitusRunTest, AnswersAndRowsHoldWhileAWorkerIsDown) {
    expect_right({{"--engine", "citus"}, {"--workers", "3"}});
}

TEST_F(OrdersCitusRunTest, ACopyOfAProductThatDiffersOnOneNodeIsFound) {
    ASSERT_EQ(run({"cluster", "up", "--engine", "citus", "--workers", "2", "--shards", "8"}).code,
              0);
    start();
    expect_green();
    EXPECT_EQ(on_entry("select count(*) from pg_dist_placement join pg_dist_shard using (shardid) "
                       "where logicalrelid = 'citusbench.test_products'::regclass"),
              "3")
        << "one on every node";
    const auto shard = on_entry("select shardid from pg_dist_shard where logicalrelid = "
                                "'citusbench.test_products'::regclass");
    on_node("worker1", "set citus.enable_manual_changes_to_shards = on; "
                       "update citusbench.test_products_" +
                           shard + " set price_cents = 1 where product_id = 3");
    expect_red({"replicas_diverged"}, "shard " + shard + " of test_products");
}

} // namespace
} // namespace citusbench
