// What is known of a cluster on disk.
#include <gtest/gtest.h>

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fmt/format.h>

#include "cluster/local/local_cluster.hpp"
#include "cluster/state/cluster_state.hpp"
#include "core/error.hpp"
#include "os/server_user.hpp"
#include "support/state_folder.hpp"

namespace citusbench {
namespace {

namespace fs = std::filesystem;

TEST(ClusterState, IsReadBackAsItWasSaved) {
    const test::StateFolder folder;
    ClusterState state;
    state.folder = folder.path();
    state.spec.engine = Engine::citus;
    state.spec.replication = 2;
    state.postgres = {"/usr/bin", "15.20", 15, true, false};
    state.kept = true;
    state.nodes = find_topology("active-active")->nodes(state.spec);
    state.nodes[2].port = 5434;
    state.save();
    const auto read = ClusterState::load(folder.path());
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->spec.engine, Engine::citus);
    EXPECT_EQ(read->spec.replication, 2);
    EXPECT_TRUE(read->kept);
    EXPECT_TRUE(read->postgres.has_citus);
    EXPECT_EQ(read->at("worker2").port, 5434);
    EXPECT_EQ(read->at("worker2").role, Role::worker);
    EXPECT_THROW(read->at("worker9"), UsageError);
}

TEST(ClusterState, AHalfWrittenFileIsNoState) {
    const test::StateFolder folder;
    EXPECT_FALSE(ClusterState::load(folder.path()).has_value());
    std::ofstream(folder.path() / "state.json") << "{\"version\": 1, \"no";
    EXPECT_FALSE(ClusterState::load(folder.path()).has_value());
    std::ofstream(folder.path() / "state.json") << "{\"version\": 1}";
    EXPECT_FALSE(ClusterState::load(folder.path()).has_value());
}

TEST(ClusterState, AKeptClusterOfAnotherVersionIsNotOursToRemove) {
    const test::StateFolder root;
    const auto folder = root.path() / "cluster-1-1";
    fs::create_directories(folder);
    std::ofstream(folder / "state.json") << R"({"version": 2, "kept": true, "new": []})";
    EXPECT_FALSE(ClusterState::load(folder).has_value());
    std::string said;
    EXPECT_EQ(LocalCluster::remove_stale_clusters([&](std::string_view line) { said += line; }), 0);
    EXPECT_TRUE(fs::exists(folder / "state.json"));
    EXPECT_NE(said.find("another version"), std::string::npos) << said;
    std::ofstream(folder / "state.json") << R"({"version": 2, "kept": false})";
    EXPECT_EQ(LocalCluster::remove_stale_clusters([](std::string_view) {}), 1)
        << "its owner is gone, and nobody wanted it kept";
}

TEST(ClusterState, AnUnknownNameIsRefusedWithFileFieldAndValue) {
    struct Case {
        std::string from, to, said;
    };
    for (const auto& [from, to, said] : {
             Case{R"("kind": "postgres")", R"("kind": "postgrez")",
                  R"(nodes[0].kind: "postgrez": must be one of postgres, patroni, nginx, haproxy, )"
                  "etcd, pgbouncer;"},
             Case{R"("role": "worker")", R"("role": "wörker")",
                  R"(nodes[1].role: "wörker": must be one of coordinator, worker,)"},
             Case{R"("engine": "citus")", R"("engine": "")",
                  R"(engine: "": must be one of citus,)"},
             Case{R"("pooling": "none")", R"("pooling": "statement")",
                  R"(pooling: "statement": must be one of none, session, transaction;)"},
         }) {
        const test::StateFolder folder;
        save_changed_state(folder.path(), from, to);
        try {
            ClusterState::load(folder.path());
            ADD_FAILURE() << to << " was taken";
        } catch (const UsageError& error) {
            const std::string line = error.what();
            EXPECT_NE(line.find((folder.path() / "state.json").string() + ": " + said),
                      std::string::npos)
                << line;
            EXPECT_EQ(line.find('\n'), std::string::npos);
        }
    }
}

TEST(ClusterState, NothingOfAClusterWithAnUnknownKindIsKilledOrRemoved) {
    const test::StateFolder root;
    const auto folder = root.path() / "cluster-1-1";
    const auto data = folder / "server" / "coordinator";
    std::filesystem::create_directories(data);
    save_changed_state(folder, R"("kind": "postgres")", R"("kind": "postgrez")");
    Command server; // Patroni is a program of Python's, so this is taken for a server
    server.args = {"/usr/bin/python3", "-c", "import time; time.sleep(60)"};
    server.directory = data;
    server.as_server_user = true;
    for (const auto& path : {data.parent_path(), data}) chown_to_server_user(path);
    const ChildProcess running(server);
    ASSERT_EQ(find_processes(std::array{data}).size(), 1U);
    EXPECT_THROW(LocalCluster::remove_stale_clusters([](std::string_view) {}), UsageError);
    EXPECT_EQ(::kill(running.pid(), 0), 0);
    EXPECT_FALSE(has_ended(running.pid()));
    EXPECT_TRUE(std::filesystem::exists(folder / "state.json"));
}

TEST(ClusterState, AStateFolderOpenToOthersIsRefused) {
    const test::StateFolder folder;
    fs::permissions(folder.path(), fs::perms::all);
    EXPECT_THROW(state_root(), UsageError);
}

} // namespace
} // namespace citusbench
