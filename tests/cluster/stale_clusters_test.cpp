// Whatever ends citusbench, no server and no folder of its stays.
#include <gtest/gtest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "os/pidfd.hpp"
#include "os/thread_guards.hpp"
#include "support/local_cluster.hpp"
#include "support/state_folder.hpp"

namespace citusbench {
namespace {

namespace fs = std::filesystem;

class StaleClustersTest : public testing::Test {
  protected:
    std::vector<fs::path> folders() const {
        std::vector<fs::path> found;
        for (const auto& entry : fs::directory_iterator(state_.path()))
            if (entry.is_directory()) found.push_back(entry.path());
        return found;
    }

    static std::vector<fs::path> data_dirs(const LocalCluster& cluster) {
        std::vector<fs::path> directories;
        for (const auto& node : cluster.nodes())
            directories.push_back(cluster.folder() / "server" / node.name);
        return directories;
    }

    static std::vector<FoundProcess> processes_below(const fs::path& folder) {
        std::vector<fs::path> directories;
        for (const auto& entry : fs::directory_iterator(folder / "server"))
            if (entry.is_directory()) directories.push_back(entry.path());
        return find_processes(directories);
    }

    /// A process that starts a cluster, writes a byte when it is up and then waits for its end.
    static pid_t fork_owner() {
        int ends[2];
        if (pipe(ends) != 0) throw std::runtime_error("pipe");
        const pid_t pid = fork();
        if (pid == 0) {
            const auto cluster = test::start_cluster(test::workers_spec(Engine::fdw, 1));
            [[maybe_unused]] const auto written = write(ends[1], "x", 1);
            while (true) ::pause();
        }
        close(ends[1]);
        char byte = 0;
        const auto got = read(ends[0], &byte, 1);
        close(ends[0]);
        if (got != 1) throw std::runtime_error("the owner died early");
        return pid;
    }

    static void end_by_sigkill(pid_t pid) {
        kill(pid, SIGKILL);
        waitpid(pid, nullptr, 0);
    }

    test::StateFolder state_;
};

std::set<std::string> shared_memory_files() {
    std::set<std::string> files;
    for (const auto& entry : fs::directory_iterator("/dev/shm"))
        files.insert(entry.path().filename().string());
    return files;
}

TEST_F(StaleClustersTest, TheEndOfTheObjectLeavesNoProcessAndNoFolder) {
    auto cluster = test::start_cluster(test::workers_spec(Engine::fdw, 1));
    const auto processes = find_processes(data_dirs(*cluster));
    ASSERT_GT(processes.size(), 4U);
    cluster.reset();
    EXPECT_TRUE(wait_until_gone(processes, std::chrono::milliseconds(0)));
    EXPECT_TRUE(folders().empty());
}

TEST_F(StaleClustersTest, RemoveEndsPausedAndKilledNodesAndTheirSharedMemory) {
    auto cluster = test::start_cluster(test::workers_spec(Engine::fdw, 2));
    const auto processes = find_processes(data_dirs(*cluster));
    std::set<std::string> of_cluster;
    for (const auto& process : processes) {
        const EffectiveUserGuard guard(process.pid);
        std::ifstream maps("/proc/" + std::to_string(process.pid) + "/maps");
        for (std::string line; std::getline(maps, line);)
            if (const auto at = line.find("PostgreSQL."); at != std::string::npos)
                of_cluster.insert(line.substr(at, line.find(' ', at) - at));
    }
    cluster->kill({"worker1"});
    cluster->pause({"worker2"});
    cluster->remove();
    EXPECT_TRUE(wait_until_gone(processes, std::chrono::milliseconds(0)));
    EXPECT_TRUE(folders().empty());
    EXPECT_GE(of_cluster.size(), 3U);
    for (const auto& file : shared_memory_files()) EXPECT_FALSE(of_cluster.contains(file)) << file;
    cluster->remove(); // safe to call again
}

TEST_F(StaleClustersTest, AnInterruptedStartLeavesNothing) {
    StopFlag stop;
    const auto request_at_the_copies = [&](std::string_view line) {
        if (line.find("extensions made") != line.npos) stop.request();
    };
    EXPECT_THROW(LocalCluster::start(test::workers_spec(Engine::fdw, 2), find_local_postgres(),
                                     stop, request_at_the_copies),
                 Interrupted);
    EXPECT_TRUE(folders().empty());
}

TEST_F(StaleClustersTest, TheNextStartRemovesWhatASigkilledOwnerLeft) {
    const auto owner = fork_owner();
    ASSERT_EQ(folders().size(), 1U);
    const auto stale = folders().front();
    const auto processes = processes_below(stale);
    ASSERT_GT(processes.size(), 4U);
    end_by_sigkill(owner);
    const auto cluster = test::start_cluster(test::postgres_spec());
    EXPECT_TRUE(wait_until_gone(processes, std::chrono::milliseconds(0)));
    EXPECT_FALSE(fs::exists(stale));
    EXPECT_EQ(folders(), std::vector<fs::path>{cluster->folder()});
}

TEST_F(StaleClustersTest, AStrangersLiveClusterIsLeftAlone) {
    const auto owner = fork_owner();
    const auto strangers = folders().front();
    EXPECT_EQ(LocalCluster::remove_stale_clusters(test::no_log), 0);
    { const auto cluster = test::start_cluster(test::postgres_spec()); }
    EXPECT_TRUE(fs::exists(strangers));
    EXPECT_GT(processes_below(strangers).size(), 4U);
    end_by_sigkill(owner);
    EXPECT_EQ(LocalCluster::remove_stale_clusters(test::no_log), 1);
    EXPECT_TRUE(folders().empty());
}

TEST_F(StaleClustersTest, AKeptClusterStaysAndCanBeOpenedAgain) {
    EXPECT_EQ(LocalCluster::open_kept(test::no_stop), nullptr);
    {
        const auto cluster = test::start_cluster(test::workers_spec(Engine::fdw, 1));
        cluster->keep();
    }
    EXPECT_EQ(LocalCluster::remove_stale_clusters(test::no_log), 0);
    const auto kept = LocalCluster::open_kept(test::no_stop);
    ASSERT_NE(kept, nullptr);
    EXPECT_EQ(kept->spec().engine, Engine::fdw);
    ASSERT_EQ(kept->nodes().size(), 2U);
    EXPECT_EQ(kept->state(kept->nodes()[1]), "up");
    kept->kill({"worker1"});
    EXPECT_EQ(kept->state(kept->nodes()[1]), "down");
    kept->start_nodes({"worker1"});
    kept->remove();
    EXPECT_EQ(LocalCluster::open_kept(test::no_stop), nullptr);
    EXPECT_TRUE(folders().empty());
}

} // namespace
} // namespace citusbench
