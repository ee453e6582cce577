#include <gtest/gtest.h>

#include "network/packet_rules.hpp"
#include "support/measures_time.hpp"
#include "support/run_fixture.hpp"

namespace citusbench {
namespace {

/// Runs with faults of the network and of the postmaster, on postgres_fdw.
class NetworkRunTest : public test::RunFixture {
  protected:
    static test::Options with_fault(const std::string& fault, test::Options more = {}) {
        more.insert({{"--fault", fault},
                     {"--before", "700ms"},
                     {"--during", "1s"},
                     {"--after", "1s"},
                     {"--timeout", "400ms"},
                     {"--interval", "100ms"}});
        return more;
    }

    /// Verified (or it would not be 0), all phases, events in order, nothing left.
    void expect_good_run(const test::Finished& finished, const std::string& nodes) const {
        ASSERT_EQ(finished.code, 0) << finished.all();
        expect_consistent_files();
        for (const auto* phase : {"before", "during", "after"})
            EXPECT_GT(summary(phase).count("scheduled"), 0U) << phase;
        EXPECT_LE(moment("phase", "during"), moment("fault_injected", nodes));
        EXPECT_LE(moment("fault_injected", nodes), moment("fault_confirmed", nodes));
        EXPECT_LT(moment("fault_confirmed", nodes), moment("heal_started", nodes));
        EXPECT_LT(moment("heal_started", nodes), moment("heal_confirmed", nodes));
        EXPECT_LT(moment("heal_confirmed", nodes), moment("phase", "after"));
        expect_nothing_left();
    }

    std::uint64_t not_ok(const std::string& phase) const {
        const auto row = summary(phase);
        return row.count("scheduled") - row.count("ok");
    }
};

/// Delays of 30 ms are told from what operations take anyway.
class SlowRunTest : public NetworkRunTest {};
MEASURES_TIME(SlowRunTest);

/// Without nft and iptables in it.
class EmptyPath {
  public:
    EmptyPath() : saved_(getenv("PATH")) { setenv("PATH", "/nowhere", 1); }
    ~EmptyPath() { setenv("PATH", saved_.c_str(), 1); }
    EmptyPath(const EmptyPath&) = delete;
    EmptyPath& operator=(const EmptyPath&) = delete;

  private:
    std::string saved_;
};

TEST_F(NetworkRunTest, OperationsOnACutOffWorkerEndByTheirDeadline) {
    const auto finished = run(chat(with_fault("partition:worker2")));
    expect_good_run(finished, "worker2");
    EXPECT_GT(summary("during").count("failed") + summary("during").count("unknown"), 0U);
    const auto after = summary("after");
    EXPECT_GT(after.count("ok"), 10 * (after.count("scheduled") - after.count("ok")));
}

TEST_F(NetworkRunTest, ACutOffCoordinatorHangsEveryClientWithoutPacketRulesToo) {
    const EmptyPath no_tools;
    const auto finished = run(chat(with_fault("partition:coordinator")));
    expect_good_run(finished, "coordinator");
    EXPECT_EQ(summary("during").count("ok") * 10 / summary("before").count("ok"), 0U);
    EXPECT_GT(summary("during").count("skipped"), 0U) << "no connection is left or made";
}

TEST_F(NetworkRunTest, TwoNodesAreCutOffAtOnce) {
    const auto finished = run(chat(with_fault("partition:worker1,worker2")));
    expect_good_run(finished, "worker1,worker2");
    EXPECT_GT(not_ok("during"), 0U);
}

TEST_F(SlowRunTest, ASlowCoordinatorAddsItsDelayToEveryOperation) {
    const auto finished = run(chat(with_fault("slow:coordinator:30ms")));
    expect_good_run(finished, "coordinator");
    EXPECT_EQ(not_ok("during"), 0U) << "slow is not broken";
    EXPECT_GE(summary("during").number("response_p50_us"), 30'000);
    EXPECT_LT(summary("before").number("response_p50_us"), 30'000);
    EXPECT_LT(summary("after").number("response_p50_us"), 30'000);
}

TEST_F(SlowRunTest, ASlowWorkerSlowsWhatGoesToItAndOnlyThat) {
    const auto finished =
        run(chat(with_fault("slow:worker2:30ms", {{"--mix", "post=1"}, {"--rooms", "200"}})));
    expect_good_run(finished, "worker2");
    // A bimodal distribution: rooms on worker1 are as quick as ever, those on worker2 take the
    // delay several times (begin, insert, commit).
    EXPECT_GE(summary("during").number("response_p90_us"), 30'000);
    const auto quick = summary("before").number("response_p50_us");
    EXPECT_LT(quick, 30'000);
    EXPECT_EQ(not_ok("during"), 0U);
}

TEST_F(NetworkRunTest, AnOrphanedNodeIsHealed) {
    const auto finished = run(chat(with_fault("postmaster:worker2")));
    expect_good_run(finished, "worker2");
    EXPECT_GT(not_ok("during"), 0U);
    EXPECT_GT(summary("after").count("ok"), 0U);
}

TEST_F(NetworkRunTest, AnOrphanedCoordinatorIsHealed) {
    const auto finished = run(chat(with_fault("postmaster:coordinator")));
    expect_good_run(finished, "coordinator");
    EXPECT_GT(summary("after").count("ok"), 0U);
}

TEST_F(NetworkRunTest, AKeptClustersNodeIsCutOffByPacketRules) {
    if (!find_packet_tool()) GTEST_SKIP() << find_packet_tool().why_not;
    const auto finished = run(chat(with_fault("partition:worker2", {{"--dsn", cluster_up()}})));
    ASSERT_EQ(finished.code, 0) << finished.all();
    EXPECT_GT(not_ok("during"), 0U);
    EXPECT_EQ(run({"cluster", "status"}).code, 0) << "a node is still cut off";
}

TEST_F(NetworkRunTest, RulesOfAKilledRunOnAKeptClusterAreTakenBackByClusterHeal) {
    if (!find_packet_tool()) GTEST_SKIP() << find_packet_tool().why_not;
    const auto dsn = cluster_up();
    {
        test::Program program(work_, chat(with_fault("partition:worker2", {{"--dsn", dsn}})));
        ASSERT_TRUE(program.wait_for("fault_confirmed"));
    } // SIGKILL
    const auto status = run({"cluster", "status"});
    EXPECT_TRUE(status.says("cut off")) << status.all();
    EXPECT_EQ(run({"cluster", "heal"}).code, 0);
    EXPECT_EQ(run({"cluster", "status"}).code, 0);
}

TEST_F(NetworkRunTest, WhatCannotBeDoneToAKeptClusterIsRefusedAtOnce) {
    const auto dsn = cluster_up();
    const auto slow = run(chat(with_fault("slow:worker2:20ms", {{"--dsn", dsn}})));
    EXPECT_EQ(slow.code, 2) << slow.all();
    EXPECT_TRUE(slow.says("--fault slow:worker2:20ms: there is no proxy")) << slow.all();
    const EmptyPath no_tools;
    const auto partition = run(chat(with_fault("partition:worker2", {{"--dsn", dsn}})));
    EXPECT_EQ(partition.code, 2) << partition.all();
    EXPECT_TRUE(partition.says("neither nft nor iptables in PATH")) << partition.all();
    EXPECT_TRUE(result_folders().empty());
    EXPECT_EQ(run({"cluster", "status"}).code, 0);
}

} // namespace
} // namespace citusbench
