#include <gtest/gtest.h>

#include <signal.h>

#include <thread>

#include "containers/container_stop_watcher.hpp"
#include "core/error.hpp"
#include "os/pidfd.hpp"
#include "os/process.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;

class ContainerStopWatcherTest : public testing::Test {
  protected:
    static ChildProcess sleeper() {
        Command command;
        command.args = {"/bin/sleep", "60"};
        return ChildProcess(command);
    }
    static std::vector<UniqueFd> descriptors(const std::vector<const ChildProcess*>& children) {
        std::vector<UniqueFd> all;
        for (const auto* child : children) all.push_back(open_pidfd(child->pid()));
        return all;
    }

    const ChildProcess first_ = sleeper();
    const ChildProcess second_ = sleeper();
};

TEST_F(ContainerStopWatcherTest, ReturnsTheEndOfTheLastProcessWhileTheCommandContinues) {
    ContainerStopWatcher watcher;
    std::atomic<Ticks> second_killed = 0;
    std::atomic<bool> done = false;
    const auto moment = watcher.begin(descriptors({&first_, &second_}), [&] {
        kill(first_.pid(), SIGKILL);
        std::this_thread::sleep_for(100ms);
        second_killed = now_ticks();
        kill(second_.pid(), SIGKILL);
        std::this_thread::sleep_for(400ms);
        done = true;
        return now_ticks();
    });
    EXPECT_FALSE(done);
    EXPECT_GE(moment, second_killed);
    EXPECT_LT(moment, second_killed + to_ticks(200ms));
    watcher.wait_for_completion();
    EXPECT_TRUE(done);
}

TEST_F(ContainerStopWatcherTest, WithoutProcessesTheCommandGivesTheTime) {
    ContainerStopWatcher watcher;
    EXPECT_EQ(watcher.begin({}, [] { return Ticks{42}; }), 42);
    EXPECT_NO_THROW(watcher.wait_for_completion());
}

TEST_F(ContainerStopWatcherTest, AFailedCommandIsThrownOnce) {
    ContainerStopWatcher watcher;
    const auto fail = []() -> Ticks { throw RunError("no such container"); };
    EXPECT_THROW(watcher.begin(descriptors({&first_}), fail), RunError);
    EXPECT_NO_THROW(watcher.wait_for_completion());
}

TEST_F(ContainerStopWatcherTest, AFailureAfterTheEndIsThrownByTheNextCall) {
    ContainerStopWatcher watcher;
    watcher.begin(descriptors({&first_}), [&]() -> Ticks {
        kill(first_.pid(), SIGKILL);
        std::this_thread::sleep_for(200ms);
        throw RunError("somebody still accepts connections");
    });
    EXPECT_NO_THROW(watcher.wait());
    EXPECT_THROW(watcher.begin(descriptors({&second_}), [] { return now_ticks(); }), RunError);
    EXPECT_NO_THROW(watcher.wait_for_completion());
}

TEST_F(ContainerStopWatcherTest, AProcessThatDoesNotEndIsNotAwaitedForever) {
    ContainerStopWatcher watcher;
    EXPECT_EQ(watcher.begin(descriptors({&first_}), [] { return Ticks{42}; }), 42);
}

} // namespace
} // namespace citusbench
