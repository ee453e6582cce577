#include <gtest/gtest.h>

#include "support/measures_time.hpp"
#include "support/run_fixture.hpp"

namespace citusbench {
namespace {

class InterruptTest : public test::RunFixture {
  protected:
    /// Starts a run that would take long and sends the signal once `moment` is on its output.
    test::Finished interrupt_at(const std::string& moment, int signal, const test::Args& args) {
        test::Program program(work_, args);
        EXPECT_TRUE(program.wait_for(moment)) << program.finish(0).all();
        program.send(signal);
        const auto sent = now_ticks();
        auto finished = program.finish(55); // less than any of the runs would take
        seconds_to_end_ = to_seconds(now_ticks() - sent);
        return finished;
    }

    void expect_saved_and_clean(const test::Finished& finished) {
        EXPECT_EQ(finished.code, 130) << finished.all();
        ASSERT_EQ(result_folders().size(), 1U);
        EXPECT_NE(run_json().find("\"status\": \"interrupted\""), std::string::npos);
        expect_consistent_files();
        expect_nothing_left();
    }

    void expect_no_trace(const test::Finished& finished) {
        EXPECT_EQ(finished.code, 130) << finished.all();
        EXPECT_NE(finished.err.find("interrupted"), std::string::npos) << finished.err;
        EXPECT_TRUE(result_folders().empty());
        expect_nothing_left();
    }

    double seconds_to_end_ = 0; ///< from the signal
};

/// The user is waiting: the end comes within 5 s.
class InterruptTimesTest : public InterruptTest {};
MEASURES_TIME(InterruptTimesTest);

TEST_F(InterruptTimesTest, WhatWasMeasuredIsSavedOnCtrlC) {
    expect_saved_and_clean(interrupt_at("[1/60 s]", SIGINT, chat({{"--duration", "60s"}})));
    EXPECT_GT(summary("steady").count("ok"), 0U);
    EXPECT_NEAR(summary("steady").number("phase_s"), 1, 0.7);
    EXPECT_LT(seconds_to_end_, 5);
}

TEST_F(InterruptTest, SigtermDoesTheSame) {
    expect_saved_and_clean(interrupt_at("[1/60 s]", SIGTERM, chat({{"--duration", "60s"}})));
}

TEST_F(InterruptTest, CtrlCWithANodeDownIsNoFailure) {
    expect_saved_and_clean(
        interrupt_at("fault_confirmed", SIGINT,
                     chat({{"--kill", "worker2"}, {"--before", "300ms"}, {"--during", "60s"}})));
    EXPECT_GT(summary("before").count("ok"), 0U);
}

TEST_F(InterruptTest, CtrlCWhileANodeComesBackIsNoFailure) {
    expect_saved_and_clean(interrupt_at("heal_started", SIGINT,
                                        chat({{"--kill", "worker2"},
                                              {"--before", "300ms"},
                                              {"--during", "300ms"},
                                              {"--after", "60s"}})));
}

TEST_F(InterruptTimesTest, AFrozenServerDoesNotHoldUpCtrlC) {
    expect_saved_and_clean(interrupt_at(
        "fault_confirmed", SIGINT,
        chat({{"--fault", "pause:coordinator"}, {"--before", "300ms"}, {"--during", "60s"}})));
    EXPECT_LT(seconds_to_end_, 5);
}

TEST_F(InterruptTest, AKeptClustersNodeIsHealedOnCtrlC) {
    const auto dsn = cluster_up();
    const auto finished = interrupt_at(
        "fault_confirmed", SIGINT,
        chat({{"--dsn", dsn}, {"--kill", "worker2"}, {"--before", "300ms"}, {"--during", "60s"}}));
    EXPECT_EQ(finished.code, 130) << finished.all();
    EXPECT_EQ(run({"cluster", "status"}).code, 0) << "a node is still down";
}

TEST_F(InterruptTest, CtrlCWhileTheClusterStartsLeavesNothing) {
    test::Program program(work_, chat({{"--workers", "4"}}));
    const auto has_cluster = [&] {
        for (const auto& entry : std::filesystem::directory_iterator(state_.path()))
            if (entry.is_directory() && entry.path() != work_) return true;
        return false;
    };
    for (int i = 0; i < 2000 && !has_cluster(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    program.send(SIGINT);
    expect_no_trace(program.finish(10));
}

TEST_F(InterruptTimesTest, CtrlCDuringTheLoadLeavesNothing) {
    expect_no_trace(interrupt_at("loading ", SIGINT, chat({{"--rooms", "1M"}})));
    EXPECT_LT(seconds_to_end_, 5);
}

TEST_F(InterruptTest, ALoadThatWasCutOffIsDoneAnewInTheNextRun) {
    const auto dsn = cluster_up();
    const auto cut = interrupt_at("loading ", SIGTERM, chat({{"--dsn", dsn}, {"--rooms", "1M"}}));
    EXPECT_EQ(cut.code, 130) << cut.all();
    EXPECT_TRUE(result_folders().empty());
    const auto next = run(chat({{"--dsn", dsn}, {"--duration", "300ms"}}));
    EXPECT_EQ(next.code, 0) << next.all();
    EXPECT_TRUE(next.says("loaded 400 rows")) << next.all();
}

TEST_F(InterruptTest, AfterASigkillTheStaleClusterIsRecognisedAndRemoved) {
    const auto killed = interrupt_at("[1/60 s]", SIGKILL, chat({{"--duration", "60s"}}));
    EXPECT_EQ(killed.code, 128 + SIGKILL);
    ASSERT_EQ(result_folders().size(), 1U);
    EXPECT_NE(newest_results().string().find(".partial"), std::string::npos);
    EXPECT_NE(run_json().find("\"status\": \"running\""), std::string::npos);
    const auto down = run({"cluster", "down"});
    EXPECT_EQ(down.code, 0) << down.all();
    EXPECT_TRUE(down.says("whose citusbench is gone")) << down.all();
    expect_nothing_left();
}

} // namespace
} // namespace citusbench
