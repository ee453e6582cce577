#include <gtest/gtest.h>

#include "support/verify_fixture.hpp"

namespace citusbench {
namespace {

/// `citusbench suite`: each operation by itself.
class SuiteTest : public test::VerifyFixture {
  protected:
    test::Finished suite(const std::string& name, const test::Options& more) const {
        test::Options options = {{"--workload", "orders"}, {"--users", "50"},
                                 {"--progress", "plain"},  {"--results", results_.string()},
                                 {"--workers", "2"},       {"--shards", "8"}};
        for (const auto& [option, value] : more) options[option] = value;
        test::Args args = {"suite", name};
        for (const auto& [option, value] : options) args.insert(args.end(), {option, value});
        return run(args, 120);
    }
    test::CsvRow row(const std::string& condition, const std::string& operation) const {
        for (const auto& each : table("suite.csv"))
            if (each["condition"] == condition && each["operation"] == operation) return each;
        throw std::runtime_error(condition + " has no " + operation);
    }
};

class SuiteCitusTest : public SuiteTest {
  protected:
    void SetUp() override {
        if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    }
};

TEST_F(SuiteTest, BenchmarkMeasuresEachOperationAloneAndAtOnce) {
    const auto finished =
        suite("benchmark", {{"--engine", "fdw"}, {"--concurrency", "3,4"}, {"--executions", "5"}});
    ASSERT_EQ(finished.code, 0) << finished.all();
    EXPECT_EQ(table("suite.csv").size(), 3U * 6);
    for (const auto& each : table("suite.csv")) {
        const auto concurrency = each.count("concurrency");
        EXPECT_EQ(each.count("scheduled"), 5 * concurrency);
        EXPECT_EQ(each.count("ok"), 5 * concurrency) << each["operation"];
        EXPECT_GT(each.number("service_min_us"), 0);
        EXPECT_LE(each.number("service_min_us"), each.number("service_p50_us"));
        EXPECT_LE(each.number("service_p50_us"), each.number("service_max_us"));
    }
    EXPECT_EQ(row("concurrency 4", "order_by_id")["node"], "coordinator");
    EXPECT_EQ(row("single", "order_by_id").count("rows"), 5U);
    // With the warm-up: 6 alone, 18 and 24 at once, of each kind of write; and all are verified.
    EXPECT_TRUE(finished.says("48 acknowledged test orders, 48 acknowledged updates"))
        << finished.all();
    EXPECT_TRUE(finished.says("concurrency 3")) << finished.out;
    EXPECT_EQ(summary("single", "revenue").count("ok"), 5U);
    EXPECT_EQ(summary("single", "revenue")["ok_per_s"], "");
    expect_nothing_left();
}

TEST_F(SuiteTest, WhatIsLostIsFound) {
    dsn_ = cluster_up();
    const test::Options chosen = {{"--mix", "place_order=1"}, {"--concurrency", "2"}};
    auto options = chosen;
    options["--dsn"] = dsn_;
    test::Args args = {"suite",  "benchmark", "--workload",
                       "orders", "--results", results_.string()};
    for (const auto& [option, value] : options) args.insert(args.end(), {option, value});
    ASSERT_EQ(run(args).code, 0);
    folder_ = newest_results();
    expect_green();
    on_entry(fmt::format("delete from citusbench.test_orders where order_id = (select "
                         "min(order_id) from citusbench.test_orders where order_id >= {})",
                         test::first_id));
    expect_red({"lost"}, "LOST: 1 acknowledged");
}

TEST_F(SuiteTest, WhatWasNotOkIsInTheErrors) {
    const auto finished = suite("benchmark", {{"--engine", "fdw"},
                                              {"--mix", "user_orders=1"},
                                              {"--concurrency", "2"},
                                              {"--timeout", "20us"}});
    EXPECT_EQ(finished.code, 0) << finished.all();
    std::uint64_t not_ok = 0;
    for (const auto& each : table("suite.csv"))
        not_ok += each.count("scheduled") - each.count("ok");
    EXPECT_GT(not_ok, 0U);
    for (const auto& each : table("errors.csv")) {
        EXPECT_EQ(each["condition"], "deadline");
        EXPECT_EQ(each["node"], "coordinator");
        EXPECT_EQ(each["operation"], "user_orders");
        not_ok -= each.count("count");
    }
    EXPECT_EQ(not_ok, 0U);
}

TEST_F(SuiteTest, WhatHasNoMeaningIsRefused) {
    EXPECT_EQ(suite("sprint", {}).code, 2);
    EXPECT_TRUE(suite("ha", {}).says("--config workloads/scenarios/ha.ini"));
    const auto fdw = suite("per-node", {{"--engine", "fdw"}});
    EXPECT_EQ(fdw.code, 2);
    EXPECT_TRUE(fdw.says("cannot answer whole queries")) << fdw.all();
    EXPECT_TRUE(suite("benchmark", {{"--kill", "worker1"}}).says("--kill"));
    EXPECT_EQ(suite("benchmark", {{"--rate", "100"}}).code, 2);
    const auto two = suite("benchmark", {{"--topology", "dual-cluster"}});
    EXPECT_EQ(two.code, 2);
    EXPECT_TRUE(two.says("--topology dual-cluster: a suite measures one cluster")) << two.all();
    EXPECT_EQ(suite("benchmark", {{"--concurrency", "5,,10"}}).code, 2);
    EXPECT_EQ(suite("benchmark", {{"--executions", "0"}}).code, 2);
    EXPECT_TRUE(result_folders().empty());
}

TEST_F(SuiteCitusTest, PerNodeAsksTheCoordinatorAndEveryWorkerTheSame) {
    const auto finished = suite("per-node", {{"--engine", "citus"}});
    ASSERT_EQ(finished.code, 0) << finished.all();
    for (const auto* node : {"coordinator", "worker1", "worker2"})
        for (const auto* operation : {"place_order", "user_orders", "order_by_id", "order_details",
                                      "update_status", "revenue"}) {
            EXPECT_EQ(row(node, operation).count("ok"), 5U) << node << " " << operation;
            EXPECT_EQ(row(node, operation)["node"], node);
        }
    for (const auto* node : {"worker1", "worker2"})
        EXPECT_EQ(row(node, "order_by_id").count("rows"),
                  row("coordinator", "order_by_id").count("rows"));
    EXPECT_TRUE(finished.says("18 acknowledged test orders")) << finished.all();
}

TEST_F(SuiteCitusTest, PerNodeLeavesABalancerOut) {
    const auto finished = suite("per-node", {{"--engine", "citus"},
                                             {"--topology", "multi-master"},
                                             {"--mix", "order_by_id=1"},
                                             {"--executions", "1"}});
    ASSERT_EQ(finished.code, 0) << finished.all();
    EXPECT_EQ(table("suite.csv").size(), 4U) << "two writers and two workers";
}

} // namespace
} // namespace citusbench
