#include "cluster/local/local_cluster.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include <fmt/format.h>

#include "os/pidfd.hpp"
#include "support/local_cluster.hpp"
#include "support/not_empty.hpp"
#include "support/state_folder.hpp"

namespace citusbench {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// One fdw cluster for all tests of the suite; each leaves it with every node up.
class LocalClusterTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        state_ = new test::StateFolder;
        const auto begun = now_ticks();
        cluster_ = test::start_cluster(test::workers_spec(Engine::fdw)).release();
        fmt::print("five nodes up in {:.2f} s\n", to_seconds(now_ticks() - begun));
    }
    static void TearDownTestSuite() {
        delete cluster_;
        delete state_;
    }
    void TearDown() override {
        std::vector<std::string> names;
        for (const auto& node : cluster_->nodes()) names.push_back(node.name);
        cluster_->start_nodes(names);
    }

    static const Node& node(std::string_view name) { return *cluster_->find(name); }
    static std::string ask(std::string_view name, const std::string& sql) {
        return test::ask(cluster_->conninfo(node(name)), sql);
    }
    static std::vector<FoundProcess> processes_of(std::string_view name) {
        const std::vector<fs::path> directories = {cluster_->folder() / "server" / name};
        return find_processes(directories);
    }

    static inline test::StateFolder* state_ = nullptr;
    static inline LocalCluster* cluster_ = nullptr;
};

TEST_F(LocalClusterTest, HasACoordinatorAndFourWorkersOnAscendingPorts) {
    ASSERT_EQ(cluster_->nodes().size(), 5U);
    EXPECT_EQ(cluster_->nodes()[0].name, "coordinator");
    EXPECT_TRUE(cluster_->nodes()[0].is_entry);
    EXPECT_EQ(cluster_->nodes()[4].name, "worker4");
    for (std::size_t i = 1; i < 5; ++i)
        EXPECT_GT(cluster_->nodes()[i].port, cluster_->nodes()[i - 1].port);
    EXPECT_EQ(cluster_->find("worker5"), nullptr);
}

TEST_F(LocalClusterTest, EveryNodeAnswersAndIsDurable) {
    for (const auto& node : cluster_->nodes()) {
        EXPECT_EQ(cluster_->state(node), "up") << node.name;
        for (const char* setting : {"fsync", "synchronous_commit", "full_page_writes"})
            EXPECT_EQ(ask(node.name, fmt::format("show {}", setting)), "on") << node.name;
        EXPECT_EQ(ask(node.name, "show listen_addresses"), "127.0.0.1");
    }
}

TEST_F(LocalClusterTest, RefusesAClientWithoutThePassword) {
    const auto& entry = node("coordinator");
    const auto conninfo = fmt::format("host=127.0.0.1 port={} dbname=citusbench user=citusbench "
                                      "passfile=/dev/null password=guess",
                                      entry.port);
    EXPECT_FALSE(pg::answers_query(conninfo, 2s));
    EXPECT_TRUE(pg::answers_query(cluster_->conninfo(entry), 2s));
}

TEST_F(LocalClusterTest, CallersEnvironmentDoesNotReachTheConnection) {
    setenv("PGPASSWORD", "somebody else's", 1);
    EXPECT_TRUE(pg::answers_query(cluster_->conninfo(node("worker1")), 2s));
    unsetenv("PGPASSWORD");
}

TEST_F(LocalClusterTest, KillEndsEveryProcessOfTheNodeAndNoOther) {
    pg::Client busy(cluster_->conninfo(node("worker2")), test::no_stop);
    const auto others = processes_of("worker1").size();
    ASSERT_GT(processes_of("worker2").size(), 1U);
    const auto before = now_ticks();
    const auto gone = cluster_->kill({"worker2"});
    EXPECT_GE(gone, before);
    EXPECT_LE(gone, now_ticks());
    EXPECT_TRUE(processes_of("worker2").empty());
    EXPECT_EQ(cluster_->state(node("worker2")), "down");
    EXPECT_GE(processes_of("worker1").size(), std::min<std::size_t>(others, 5));
    EXPECT_EQ(ask("worker1", "select 1"), "1");
    EXPECT_THROW(busy.query("select 1"), RunError);
}

TEST_F(LocalClusterTest, SeveralNodesDieAndComeBackWithTheirData) {
    ask("worker3", "create table kept as select 42 as answer; select 1");
    cluster_->kill({"worker3", "worker4"});
    EXPECT_EQ(cluster_->state(node("worker3")), "down");
    EXPECT_EQ(cluster_->state(node("worker4")), "down");
    // At once: the dead server's lock file and shared memory must not be in the way.
    cluster_->start_nodes({"worker3", "worker4"});
    EXPECT_EQ(ask("worker3", "select answer from kept"), "42");
    EXPECT_EQ(cluster_->state(node("worker4")), "up");
}

TEST_F(LocalClusterTest, StopIsGraceful) {
    cluster_->stop({"worker1"});
    EXPECT_EQ(cluster_->state(node("worker1")), "down");
    EXPECT_FALSE(fs::exists(cluster_->folder() / "server/worker1/postmaster.pid"));
    cluster_->start_nodes({"worker1"});
    EXPECT_EQ(ask("worker1", "select 1"), "1");
}

TEST_F(LocalClusterTest, APausedNodeKeepsItsConnectionsAndItsSilence) {
    pg::Client client(cluster_->conninfo(node("worker2")), test::no_stop);
    cluster_->pause({"worker2"});
    EXPECT_EQ(cluster_->state(node("worker2")), "paused");
    for (const auto& process : test::not_empty(processes_of("worker2")))
        EXPECT_EQ(process.state, 'T');
    EXPECT_FALSE(pg::answers_query(cluster_->conninfo(node("worker2")), 200ms));
    cluster_->resume({"worker2"});
    EXPECT_EQ(client.query("select 7").text(0, 0), "7");
    EXPECT_EQ(cluster_->state(node("worker2")), "up");
}

TEST_F(LocalClusterTest, APausedNodeCanBeKilledAndStopped) {
    cluster_->pause({"worker1", "worker2"});
    cluster_->kill({"worker1"});
    cluster_->stop({"worker2"});
    EXPECT_EQ(cluster_->state(node("worker1")), "down");
    EXPECT_EQ(cluster_->state(node("worker2")), "down");
}

TEST_F(LocalClusterTest, ANodeWithoutPostmasterComesBack) {
    cluster_->kill_postmaster({"worker4"});
    cluster_->start_nodes({"worker4"});
    EXPECT_EQ(cluster_->state(node("worker4")), "up");
}

TEST_F(LocalClusterTest, StateMayBeAskedWhileAnotherThreadKillsAndStarts) {
    std::thread fault([] {
        for (int i = 0; i < 3; ++i) {
            cluster_->kill({"worker3"});
            cluster_->start_nodes({"worker3"});
        }
    });
    for (int i = 0; i < 50; ++i) cluster_->state(node("worker3"));
    fault.join();
    EXPECT_EQ(cluster_->state(node("worker3")), "up");
}

TEST_F(LocalClusterTest, AnUnknownNodeIsRefusedWithTheNames) {
    try {
        cluster_->kill({"worker1", "worker9"});
        FAIL() << "expected UsageError";
    } catch (const UsageError& error) {
        EXPECT_STREQ(error.what(), "worker9: no such node; the cluster has coordinator, worker1, "
                                   "worker2, worker3, worker4");
    }
    EXPECT_EQ(cluster_->state(node("worker1")), "up");
}

TEST_F(LocalClusterTest, AFailedStartShowsTheLog) {
    cluster_->stop({"worker1"});
    const auto settings = cluster_->folder() / "server/worker1/postgresql.auto.conf";
    const auto saved = settings.string() + ".saved";
    fs::rename(settings, saved);
    { std::ofstream(settings) << "shared_buffers = lots\n"; }
    fs::permissions(settings, fs::perms(0644));
    try {
        cluster_->start_nodes({"worker1"});
        ADD_FAILURE() << "expected RunError";
    } catch (const RunError& error) {
        EXPECT_NE(std::string(error.what()).find("shared_buffers"), std::string::npos)
            << error.what();
    }
    fs::rename(saved, settings);
}

} // namespace
} // namespace citusbench
