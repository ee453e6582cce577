#include "os/run_command.hpp"

#include <gtest/gtest.h>

#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "core/time.hpp"
#include "support/measures_time.hpp"
#include "support/state_folder.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;

const StopFlag nobody_stops;

Command shell(const std::string& text) {
    Command command;
    command.args = {"/bin/sh", "-c", text};
    return command;
}

/// False once no process of the group is left; its dead ones may wait for init a moment.
bool group_ends(pid_t group) {
    const auto deadline = now_ticks() + to_ticks(5s);
    while (kill(-group, 0) == 0) {
        if (now_ticks() > deadline) return false;
        std::this_thread::sleep_for(10ms);
    }
    return true;
}

pid_t pid_in(const std::filesystem::path& file) {
    pid_t pid = 0;
    const auto deadline = now_ticks() + to_ticks(5s);
    while (!(std::ifstream(file) >> pid) && now_ticks() < deadline)
        std::this_thread::sleep_for(5ms);
    return pid;
}

TEST(RunCommand, CollectsBothStreamsAndTheExitCode) {
    const auto result = run_command(shell("echo out; echo err >&2; exit 3"), nobody_stops);
    EXPECT_EQ(result.exit_code, 3);
    EXPECT_EQ(result.output, "out\n");
    EXPECT_EQ(result.errors, "err\n");
}

TEST(RunCommand, ReadsWhatIsMoreThanAPipeHolds) {
    const auto result = run_command(shell("head -c 3000000 /dev/zero"), nobody_stops);
    EXPECT_EQ(result.output.size(), 3'000'000U);
}

TEST(RunCommand, ASignalIsAnExitCodeAbove128) {
    EXPECT_EQ(run_command(shell("kill -TERM $$"), nobody_stops).exit_code, 128 + SIGTERM);
}

TEST(RunCommand, ACommandThatNeverEndsIsInterruptedWithAllItStarted) {
    for (const bool has_log : {false, true}) {
        const test::StateFolder folder;
        const auto file = folder.path() / "pid";
        auto command = shell("trap '' TERM INT; sleep 600 & echo $$ > " + file.string() + "; wait");
        if (has_log) command.log = folder.path() / "log";
        StopFlag stop;
        pid_t pid = 0;
        Ticks requested = 0;
        std::thread presses_ctrl_c([&] {
            pid = pid_in(file);
            requested = now_ticks();
            stop.request();
        });
        EXPECT_THROW(run_command(command, stop, {10min}), Interrupted);
        const auto waited = now_ticks() - requested;
        presses_ctrl_c.join();
        EXPECT_LT(to_seconds(waited), 1);
        ASSERT_GT(pid, 0);
        EXPECT_TRUE(group_ends(pid));
    }
}

TEST(RunCommand, TheDeadlineNamesCommandSecondsAndFix) {
    const test::StateFolder folder;
    const auto file = folder.path() / "pid";
    try {
        run_command(shell("echo $$ > " + file.string() + "; sleep 600"), nobody_stops,
                    {500ms, "ask the administrator"});
        FAIL() << "it ended";
    } catch (const CommandTimeout& error) {
        EXPECT_EQ(std::string(error.what()),
                  "`/bin/sh -c echo $$ > " + file.string() +
                      "; sleep 600` did not end within 0.5 s and was killed; ask the "
                      "administrator");
    }
    EXPECT_TRUE(group_ends(pid_in(file)));
}

TEST(RunCommand, CommandsSideBySideShareADeadlineAndEndTogether) {
    const test::StateFolder folder;
    const auto file = folder.path() / "pid";
    auto slow = shell("echo $$ > " + file.string() + "; sleep 600");
    slow.log = folder.path() / "slow.log";
    auto quick = shell("true");
    quick.log = folder.path() / "quick.log";
    EXPECT_THROW(run_all({quick, slow}, nobody_stops, {500ms}), CommandTimeout);
    EXPECT_TRUE(group_ends(pid_in(file)));
}

TEST(RunCommand, AnEndlessAnswerIsCutOff) {
    CommandLimits limits;
    limits.max_output = 100'000;
    try {
        run_command(shell("exec cat /dev/zero"), nobody_stops, limits);
        FAIL() << "it ended";
    } catch (const RunError& error) {
        EXPECT_NE(std::string(error.what()).find("wrote more than 100000 bytes"), std::string::npos)
            << error.what();
    }
}

/// Compares how long a command took with a limit.
class RunCommandTimes : public testing::Test {};
MEASURES_TIME(RunCommandTimes);

TEST_F(RunCommandTimes, WhatACommandLeavesRunningIsNeitherAwaitedNorKilled) {
    const auto begun = now_ticks();
    const auto result = run_command(shell("sleep 30 & echo $!"), nobody_stops);
    EXPECT_LT(to_seconds(now_ticks() - begun), 10);
    const auto left = std::stoi(result.output);
    EXPECT_EQ(kill(left, 0), 0) << "a manifest's start command leaves a server running";
    kill(left, SIGKILL);
}

/// Blocked and ignored signals of this thread or process while it lives.
class UnusualSignals {
  public:
    UnusualSignals() {
        sigset_t blocked;
        sigemptyset(&blocked);
        sigaddset(&blocked, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &blocked, &before_);
        handler_ = signal(SIGHUP, SIG_IGN); // as under nohup
    }
    UnusualSignals(const UnusualSignals&) = delete;
    UnusualSignals& operator=(const UnusualSignals&) = delete;
    ~UnusualSignals() {
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
        signal(SIGHUP, handler_);
    }

  private:
    sigset_t before_{};
    sighandler_t handler_ = SIG_DFL;
};

TEST(RunCommand, AChildInheritsNoBlockedOrIgnoredSignal) {
    const UnusualSignals here;
    const auto result =
        run_command(shell("grep -E '^Sig(Blk|Ign):' /proc/self/status"), nobody_stops);
    EXPECT_EQ(result.output, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST(RunCommand, OutputOfAFailureOrOfNoProgramIsEmpty) {
    EXPECT_EQ(output_of({"/bin/echo", "said"}), "said\n");
    EXPECT_EQ(output_of({"/bin/sh", "-c", "echo said; exit 1"}), "");
    EXPECT_EQ(output_of({"/no/such/program"}), "");
    EXPECT_THROW(output_of({"/bin/sleep", "60"}, nobody_stops, {100ms}), CommandTimeout);
}

} // namespace
} // namespace citusbench
