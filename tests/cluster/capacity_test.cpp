#include <gtest/gtest.h>

#include "core/quantity.hpp"
#include "support/measures_time.hpp"
#include "support/run_fixture.hpp"

namespace citusbench {
namespace {

/// Searches for a capacity with short probes.
class CapacityTest : public test::RunFixture {
  protected:
    test::Args capacity(const test::Options& more) const {
        test::Options options = {{"--duration", "300ms"},
                                 {"--warmup", "50ms"},
                                 {"--timeout", "1s"},
                                 {"--arrival", "constant"}};
        for (const auto& [name, value] : more) options[name] = value;
        auto args = chat(options);
        args.insert(args.begin(), "capacity");
        return args;
    }

    /// Every insert of a kept cluster takes 5 ms at least.
    std::string slow_cluster(int workers) const {
        const auto dsn = cluster_up(workers);
        EXPECT_EQ(run(chat({{"--dsn", dsn}, {"--init", "only"}})).code, 0);
        on_insert(dsn, "perform pg_sleep(0.005); return new;");
        return dsn;
    }
    static void on_insert(const std::string& dsn, const std::string& body) {
        test::ask(dsn, fmt::format("create function change() returns trigger language plpgsql as "
                                   "'begin {} end'; create trigger change before insert on "
                                   "citusbench.messages for each row execute function change(); "
                                   "select 1",
                                   body));
    }

    std::vector<std::string> probes() const {
        std::vector<std::string> names;
        for (const auto& row : table("capacity.csv")) names.push_back(row["probe"]);
        return names;
    }
    bool in_json(const std::string& text) const {
        return run_json().find(text) != std::string::npos;
    }
    /// What the last probe of a search held at.
    double confirmed(const std::string& search) const {
        double rate = 0;
        for (const auto& row : table("capacity.csv"))
            if (row["probe"].starts_with(search + "-confirm") && row["held"] == "true")
                rate = row.number("rate");
        return rate;
    }
};

/// Objectives of milliseconds, which a busy machine does not hold.
class CapacityInMillisecondsTest : public CapacityTest {};
MEASURES_TIME(CapacityInMillisecondsTest);

TEST_F(CapacityInMillisecondsTest, FindsWhatOneConnectionCanDoAlsoWithoutANode) {
    const auto dsn = slow_cluster(4);
    const auto finished = run(capacity({{"--dsn", dsn},
                                        {"--connections", "1"},
                                        {"--mix", "post=1"},
                                        {"--rate", "60"},
                                        {"--duration", "400ms"},
                                        {"--slo", "p50<60ms,unknown<=0%"},
                                        {"--down", "worker2"}}),
                              100);
    ASSERT_EQ(finished.code, 0) << finished.all();
    // Sleeps of 5 ms and the insert: about 120 in a second, more while the queue is still short.
    EXPECT_GT(confirmed("whole"), 40) << finished.all();
    EXPECT_LT(confirmed("whole"), 300) << finished.all();
    EXPECT_GT(confirmed("down"), 40) << "a quarter of the rooms fails, the median does not";
    EXPECT_TRUE(finished.says("without worker2 up to")) << finished.all();
    EXPECT_TRUE(finished.says("Overload: after")) << finished.all();
    EXPECT_GT(moment("healed", "worker2"), moment("fault_confirmed", "worker2"));
    EXPECT_EQ(run({"cluster", "status"}).code, 0) << "a node is still down";
    const auto row = table("capacity.csv").front();
    EXPECT_EQ(row["probe"], "whole-1");
    EXPECT_EQ(row["held"], "true");
    EXPECT_NEAR(row.number("response_p50_us"), summary("whole-1").number("response_p50_us"), 1)
        << "a probe's operations are a phase of the other files";
    EXPECT_EQ(row["unknown"], "0");
    expect_consistent_files();
    EXPECT_EQ(count_of_posts(dsn), std::to_string(total("post", "ok")))
        << "the ids of two probes collide, or writes are not counted";
    EXPECT_TRUE(finished.says(format_count(total("post", "ok")) + " acknowledged messages"));
    const auto again = run({"--verify-only", newest_results().string(), "--dsn", dsn});
    EXPECT_EQ(again.code, 0) << again.all();
}

TEST_F(CapacityTest, AnObjectiveThatNoRateHoldsIsExitCode4) {
    const auto finished = run(capacity({{"--slo", "p99<10us"}, {"--rate", "50"}}));
    EXPECT_EQ(finished.code, 4) << finished.all();
    EXPECT_TRUE(finished.says("no rate holds p99<10us")) << finished.all();
    EXPECT_TRUE(in_json("\"outcome\": \"none\""));
    EXPECT_NEAR(table("capacity.csv").back().number("rate"), 33.3, 0.1)
        << "ten operations in a probe of 300 ms are the fewest that say anything";
    EXPECT_FALSE(probes().empty());
    for (const auto& row : table("capacity.csv")) EXPECT_EQ(row["held"], "false");
    expect_nothing_left();
}

TEST_F(CapacityTest, TheLargestAllowedRateEndsTheSearch) {
    const auto finished = run(capacity(
        {{"--slo", "p99<10s"}, {"--rate", "20"}, {"--max-rate", "30"}, {"--no-verify", ""}}));
    EXPECT_EQ(finished.code, 0) << finished.all();
    EXPECT_EQ(probes(), (std::vector<std::string>{"whole-1", "whole-2", "whole-confirm-1"}));
    EXPECT_EQ(confirmed("whole"), 30);
    EXPECT_TRUE(finished.says("no larger rate was allowed")) << finished.all();
    EXPECT_FALSE(std::filesystem::exists(newest_results() / "verify.csv"));
}

TEST_F(CapacityTest, AcknowledgedRowsThatVanishAreFoundOut) {
    const auto dsn = cluster_up();
    ASSERT_EQ(run(chat({{"--dsn", dsn}, {"--init", "only"}})).code, 0);
    on_insert(dsn, "return null;");
    const auto finished = run(
        capacity({{"--dsn", dsn}, {"--slo", "p99<10s"}, {"--rate", "40"}, {"--max-rate", "40"}}));
    EXPECT_EQ(finished.code, 3) << finished.all();
    EXPECT_TRUE(finished.says("LOST")) << finished.all();
}

TEST_F(CapacityTest, WhatWasMeasuredIsSavedOnCtrlC) {
    test::Program program(
        work_, capacity({{"--slo", "p99<10s"}, {"--rate", "50"}, {"--duration", "60s"}}));
    ASSERT_TRUE(program.wait_for("] whole-1"));
    program.send(SIGINT);
    const auto finished = program.finish();
    EXPECT_EQ(finished.code, 130) << finished.all();
    EXPECT_TRUE(in_json("\"status\": \"interrupted\""));
    EXPECT_GT(summary("whole-1").count("ok"), 0U);
    EXPECT_TRUE(probes().empty()) << "half a probe says nothing";
    expect_consistent_files();
    expect_nothing_left();
}

TEST_F(CapacityTest, AKeptClustersNodeIsBackAfterCtrlC) {
    const auto dsn = cluster_up();
    test::Program program(work_, capacity({{"--dsn", dsn},
                                           {"--slo", "p50<10s"},
                                           {"--rate", "50"},
                                           {"--max-rate", "50"},
                                           {"--down", "worker2"}}));
    ASSERT_TRUE(program.wait_for("fault_confirmed"));
    program.send(SIGINT);
    const auto finished = program.finish();
    EXPECT_EQ(finished.code, 130) << finished.all();
    EXPECT_EQ(probes(), (std::vector<std::string>{"whole-1", "whole-confirm-1"}));
    EXPECT_EQ(run({"cluster", "status"}).code, 0) << "a node is still down";
}

class CitusCapacityTest : public CapacityTest {
  protected:
    void SetUp() override {
        if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    }
};

TEST_F(CitusCapacityTest, ReadsHoldWithoutAWorkerAndWritesDoNot) {
    const test::Options common = {{"--engine", "citus"}, {"--workers", "3"},
                                  {"--rate", "20"},      {"--max-rate", "20"},
                                  {"--keep", ""},        {"--mix", "post=1,latest=1"},
                                  {"--down", "worker2"}, {"--slo", "read.p50<5s"}};
    const auto reads = run(capacity(common));
    ASSERT_EQ(reads.code, 0) << reads.all();
    EXPECT_EQ(confirmed("down"), 20);
    EXPECT_TRUE(reads.says("which is 100 %")) << reads.all();
    const auto dsn = kept_conninfo();
    const auto writes = run(capacity({{"--dsn", dsn},
                                      {"--rate", "20"},
                                      {"--max-rate", "20"},
                                      {"--mix", "post=1,latest=1"},
                                      {"--down", "worker1"},
                                      {"--slo", "write.failed<50%"}}));
    EXPECT_EQ(writes.code, 4) << writes.all();
    EXPECT_TRUE(writes.says("without worker1 no rate holds it: write.failed")) << writes.all();
}

} // namespace
} // namespace citusbench
