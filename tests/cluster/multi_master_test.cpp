#include <signal.h>

#include "support/topology_fixture.hpp"

namespace citusbench {
namespace {

class MultiMasterTest : public test::TopologyFixture {
  protected:
    /// Through nginx, while a writer crashes; verified through nginx and both writers.
    void expect_traffic_goes_on(const std::string& engine, const std::string& writer) const {
        const auto finished =
            run(chat(on("multi-master", engine, with_fault("crash:" + writer))), 90);
        ASSERT_EQ(finished.code, 0) << finished.all();
        expect_consistent_files();
        const auto gone = moment("fault_confirmed", writer);
        EXPECT_LT(max_gap_after(gone), 5);
        EXPECT_GT(sum_within(gone + 1, moment("heal_started", writer), "ok", "post"), 0U);
        EXPECT_GT(summary("after").count("ok"), 0U);
        expect_nothing_left();
    }

    void expect_both_writers_show_the_same(const std::string& engine) const {
        ASSERT_EQ(topology_up("multi-master", engine).code, 0);
        for (const auto* node : {"writer1", "writer2", "lb"}) {
            const auto finished = run(chat({{"--dsn", kept_conninfo_of(node)},
                                            {"--duration", "500ms"},
                                            {"--mix", "post=100"}}));
            ASSERT_EQ(finished.code, 0) << node << finished.all();
        }
        for (int run_number = 1; run_number <= 3; ++run_number) {
            const auto count = count_of_posts(kept_conninfo_of("writer1"), run_number);
            EXPECT_GT(std::stoi(count), 0) << run_number;
            EXPECT_EQ(count_of_posts(kept_conninfo_of("writer2"), run_number), count);
            EXPECT_EQ(count_of_posts(kept_conninfo_of("lb"), run_number), count);
        }
    }
};

TEST_F(MultiMasterTest, TrafficThroughNginxOutlivesTheCrashOfAWriter) {
    expect_traffic_goes_on("fdw", "writer1");
}

TEST_F(MultiMasterTest, OnCitusTrafficThroughNginxOutlivesTheCrashOfTheQueryNode) {
    if (!has_citus()) GTEST_SKIP() << "Citus is not installed here";
    expect_traffic_goes_on("citus", "writer2");
}

TEST_F(MultiMasterTest, OnCitusTrafficThroughNginxOutlivesTheCrashOfTheCoordinator) {
    if (!has_citus()) GTEST_SKIP() << "Citus is not installed here";
    expect_traffic_goes_on("citus", "writer1");
}

TEST_F(MultiMasterTest, WhatOneWriterAcknowledgedAllOfThemShow) {
    expect_both_writers_show_the_same("fdw");
}

TEST_F(MultiMasterTest, OnCitusWhatOneWriterAcknowledgedAllOfThemShow) {
    if (!has_citus()) GTEST_SKIP() << "Citus is not installed here";
    expect_both_writers_show_the_same("citus");
}

TEST_F(MultiMasterTest, WithoutNginxNothingIsServedUntilItIsBack) {
    const auto finished = run(chat(on("multi-master", "fdw", with_fault("crash:lb"))), 90);
    ASSERT_EQ(finished.code, 0) << finished.all();
    const auto gone = moment("fault_confirmed", "lb");
    EXPECT_EQ(sum_within(gone + 0.2, moment("heal_started", "lb"), "ok"), 0U);
    EXPECT_TRUE(finished.says("no write succeeded for 2.")) << finished.all();
    EXPECT_GT(summary("after").count("ok"), 0U);
    expect_nothing_left();
}

TEST_F(MultiMasterTest, VerificationReadsThroughEveryWriter) {
    ASSERT_EQ(topology_up("multi-master", "fdw").code, 0);
    const auto lb = kept_conninfo_of("lb");
    ASSERT_EQ(run(chat({{"--dsn", lb}, {"--duration", "500ms"}})).code, 0);
    // Only this writer does not see an eighth of the rooms any more.
    test::ask(kept_conninfo_of("writer2"),
              "alter table citusbench.messages detach partition citusbench.messages_3; select 1");
    const auto checked =
        run({"--verify-only", newest_results().string(), "--dsn", lb, "--progress", "none"});
    EXPECT_TRUE(checked.says("stale ")) << checked.all();
    EXPECT_FALSE(checked.says("stale 0")) << "the other two show all rows" << checked.all();
}

TEST_F(MultiMasterTest, EntryOptionSelectsEntryPoint) {
    const auto finished =
        run(chat(on("multi-master", "fdw", {{"--entry", "writer2"}, {"--duration", "500ms"}})));
    ASSERT_EQ(finished.code, 0) << finished.all();
    EXPECT_NE(run_json().find("\"entry\": \"writer2\""), std::string::npos);
    EXPECT_EQ(run_json().find("\"entry\": \"lb\""), std::string::npos);
    const auto refused = run(chat(on("multi-master", "fdw", {{"--entry", "writer3"}})));
    EXPECT_EQ(refused.code, 2);
    EXPECT_TRUE(refused.says("--entry writer3: clients cannot connect to 'writer3'"))
        << refused.all();
    EXPECT_TRUE(refused.says("writer1, writer2, lb")) << refused.all();
}

TEST_F(MultiMasterTest, NginxIsANodeLikeAnyOther) {
    const auto up = topology_up("multi-master", "fdw", {{"--writers", "3"}});
    ASSERT_EQ(up.code, 0) << up.all();
    EXPECT_TRUE(up.says("writer3")) << up.all();
    EXPECT_EQ(run({"cluster", "status"}).code, 0);
    for (const auto* action : {"pause", "kill", "stop"}) {
        EXPECT_EQ(run({"cluster", action, "lb"}).code, 0) << action;
        const auto status = run({"cluster", "status"});
        EXPECT_EQ(status.code, 1) << status.all();
        EXPECT_EQ(run({"cluster", "heal"}).code, 0) << action;
        EXPECT_EQ(run({"cluster", "status"}).code, 0) << action;
    }
    const auto down = run({"cluster", "down"});
    EXPECT_EQ(down.code, 0) << down.all();
    expect_nothing_left();
}

TEST_F(MultiMasterTest, ASigkilledOwnersNginxIsRemovedByTheNextStart) {
    test::Program program(
        work_, chat(on("multi-master", "fdw", {{"--duration", "60s"}, {"--warmup", "60s"}})));
    ASSERT_TRUE(program.wait_for("loaded", 60));
    program.send(SIGKILL);
    program.finish();
    EXPECT_EQ(run({"cluster", "down"}).code, 0);
    expect_nothing_left();
}

} // namespace
} // namespace citusbench
