// The parts of a local cluster that need no server.
#include <gtest/gtest.h>

#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fmt/format.h>

#include "cluster/local/local_cluster.hpp"
#include "cluster/state/cluster_state.hpp"
#include "core/error.hpp"
#include "os/file_lock.hpp"
#include "os/pidfd.hpp"
#include "os/ports.hpp"
#include "os/run_command.hpp"
#include "os/server_user.hpp"
#include "os/thread_guards.hpp"
#include "pg/sql_template.hpp"
#include "support/state_folder.hpp"

namespace citusbench {
namespace {

namespace fs = std::filesystem;

TEST(ClusterSqlTemplate, FillsPlaceholdersAndLeavesCastsAlone) {
    EXPECT_EQ(fill_sql("select :a::text, ':' || :ab", {{"a", "1"}, {"ab", "2"}}),
              "select 1::text, ':' || 2");
    EXPECT_THROW(fill_sql("select :missing", {}), std::logic_error);
}

TEST(ClusterPorts, AreConsecutiveAndOutsideTheRangeOfOutgoingConnections) {
    const auto ports = find_free_ports(5);
    ASSERT_EQ(ports.size(), 5U);
    for (std::size_t i = 1; i < ports.size(); ++i) EXPECT_EQ(ports[i], ports[0] + i);
    int first = 0;
    int last = 0;
    std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first >> last;
    EXPECT_TRUE(ports.back() < first || ports.front() > last);
}

TEST(ClusterFileLock, IsHeldByOneAndFreedWithItsOwner) {
    const test::StateFolder folder;
    const auto file = folder.path() / "lock";
    {
        const auto mine = FileLock::attempt(file);
        EXPECT_TRUE(mine.held());
        EXPECT_FALSE(FileLock::attempt(file).held());
    }
    EXPECT_TRUE(FileLock::attempt(file).held());
}

TEST(ClusterFileLock, OfAFolderThatIsGoneIsNotHeld) {
    const test::StateFolder folder;
    const auto gone = folder.path() / "gone";
    EXPECT_FALSE(FileLock::wait_folder(gone).held());
    std::filesystem::create_directory(gone);
    EXPECT_TRUE(FileLock::wait_folder(gone).held());
}

TEST(ClusterProcess, OutputGoesToTheLogAndItsTailIntoTheError) {
    const test::StateFolder folder;
    Command command;
    command.args = {"/bin/ls", "/no/such/folder"};
    command.log = folder.path() / "log";
    const StopFlag stop;
    try {
        run_all({command}, stop);
        FAIL() << "expected RunError";
    } catch (const RunError& error) {
        EXPECT_NE(std::string(error.what()).find("/no/such/folder"), std::string::npos)
            << error.what();
    }
}

TEST(ClusterProcess, AProgramThatIsNotThereIsNamed) {
    Command command;
    command.args = {"/no/such/program"};
    EXPECT_THROW(ChildProcess child(command), RunError);
}

TEST(ClusterProcess, AnEndedObjectEndsItsProcess) {
    Command command;
    command.args = {"/bin/sleep", "60"};
    pid_t pid = 0;
    {
        const ChildProcess child(command);
        pid = child.pid();
        EXPECT_EQ(kill(pid, 0), 0);
    }
    EXPECT_EQ(kill(pid, 0), -1);
}

TEST(ClusterProcess, AProgramThatIsNoServerIsNotFoundInADataDirectory) {
    const test::StateFolder folder;
    Command command;
    command.args = {"/bin/sleep", "60"};
    command.directory = folder.path();
    const ChildProcess child(command);
    const std::vector<fs::path> directories = {folder.path()};
    EXPECT_TRUE(find_processes(directories).empty());
}

/// Of the calling thread only; what containers do without. One of the first 32.
void give_up(unsigned capability) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> data{};
    ASSERT_EQ(syscall(SYS_capget, &header, data.data()), 0);
    data[0].effective &= ~(1U << capability);
    ASSERT_EQ(syscall(SYS_capset, &header, data.data()), 0);
}

TEST(ClusterProcess, AServerOfAnotherUserIsFoundWithoutTheCapabilityToTrace) {
    if (geteuid() != 0) GTEST_SKIP() << "only root runs servers as another user";
    const test::StateFolder folder;
    chown_to_server_user(folder.path());
    Command command;
    command.args = {"/usr/bin/python3", "-c", "import time; time.sleep(60)"};
    command.directory = folder.path();
    command.as_server_user = true;
    const ChildProcess child(command);
    std::vector<FoundProcess> found;
    bool forbidden = false;
    std::thread([&] {
        give_up(CAP_SYS_PTRACE);
        const auto cwd = fmt::format("/proc/{}/cwd", child.pid());
        std::error_code error;
        [[maybe_unused]] const auto path = fs::read_symlink(cwd, error);
        forbidden = error == std::errc::permission_denied;
        found = find_processes(std::array{folder.path()});
    }).join();
    EXPECT_TRUE(forbidden) << "nothing was shown: whoever may look needs no other eyes";
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].pid, child.pid());
    EXPECT_EQ(found[0].program.filename().string().substr(0, 7), "python3");
}

TEST(RealtimePriorityGuard, IsOfTheThreadAloneAndOfNothingThatItStarts) {
    const auto policy = [] { return sched_getscheduler(0) & ~SCHED_RESET_ON_FORK; };
    {
        const RealtimePriorityGuard guard;
        if (!guard.granted()) GTEST_SKIP() << "no right to SCHED_FIFO (CAP_SYS_NICE)";
        EXPECT_EQ(policy(), SCHED_FIFO);
        std::thread([&] { EXPECT_EQ(policy(), SCHED_OTHER); }).join();
        const test::StateFolder folder;
        Command command;
        command.args = {"/bin/sleep", "60"};
        command.directory = folder.path();
        const ChildProcess child(command);
        EXPECT_EQ(sched_getscheduler(child.pid()), SCHED_OTHER);
    }
    EXPECT_EQ(sched_getscheduler(0), SCHED_OTHER);
}

/// As for who has it by RLIMIT_RTPRIO alone.
TEST(RealtimePriorityGuard, WhoMayNotTakeTheFlagBackGoesBackAllTheSame) {
    std::thread([] {
        {
            const RealtimePriorityGuard guard;
            if (!guard.granted()) GTEST_SKIP() << "no right to SCHED_FIFO (CAP_SYS_NICE)";
            give_up(CAP_SYS_NICE);
        }
        EXPECT_EQ(sched_getscheduler(0) & ~SCHED_RESET_ON_FORK, SCHED_OTHER);
    }).join();
}

TEST(RealtimePriorityGuard, WithoutTheRightNothingChanges) {
    std::thread([] {
        give_up(CAP_SYS_NICE);
        const RealtimePriorityGuard guard;
        EXPECT_FALSE(guard.granted());
        EXPECT_EQ(sched_getscheduler(0), SCHED_OTHER);
    }).join();
}

TEST(ClusterProcess, TailShowsTheLastLinesAsOne) {
    const test::StateFolder folder;
    const auto file = folder.path() / "log";
    std::ofstream(file) << "one\ntwo\nthree\nfour\n";
    EXPECT_EQ(tail_of(file, 0, 2), "three | four");
    EXPECT_EQ(tail_of(file, 4, 9), "two | three | four");
    EXPECT_EQ(tail_of(folder.path() / "none"), "(the log is empty)");
    // Opens, but a read fails, as that of /proc/PID/stat does where PID has just ended.
    EXPECT_EQ(read_file(folder.path()), "");
}

/// A saved state.json in which `from` is replaced by `to`.
void save_changed_state(const std::filesystem::path& folder, const std::string& from,
                        const std::string& to) {
    ClusterState state;
    state.folder = folder;
    state.spec.engine = Engine::citus;
    state.nodes = find_topology("active-active")->nodes(state.spec);
    state.save();
    auto text = read_file(folder / "state.json");
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos);
    text.replace(at, from.size(), to);
    std::ofstream(folder / "state.json") << text;
}

TEST(ClusterLocalPostgres, AFolderWithoutAServerIsRefused) {
    setenv("CITUSBENCH_PG_BIN", "/no/such/folder", 1);
    EXPECT_THROW(find_local_postgres(), UsageError);
    unsetenv("CITUSBENCH_PG_BIN");
}

} // namespace
} // namespace citusbench
