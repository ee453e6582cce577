#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "support/containers.hpp"
#include "support/end_witness.hpp"
#include "support/topology_fixture.hpp"

namespace citusbench::test {
namespace {

/// Runs in containers of compose.yml, on a real engine.
class ComposeRun : public TopologyFixture {
  protected:
    void SetUp() override {
        if (const auto why = why_no_containers(); !why.empty()) GTEST_SKIP() << why;
    }

    static Options containers(const std::string& topology, Options more = {}) {
        more.insert({{"--runtime", "compose"}, {"--topology", topology}, {"--interval", "100ms"}});
        return more;
    }
    /// Of this test's programs, whose owners are folders with their names.
    static std::string left_over() {
        return shell("docker ps --all --quiet --filter label=citusbench.owner") +
               shell("docker volume ls --quiet --filter name=citusbench-compose");
    }
};

/// Of the container of a node, once it runs.
Ticks witness_end_of_node(const std::string& node) {
    std::string id;
    for (int look = 0; look < 250 && id.empty(); ++look) {
        id = shell("docker ps --quiet --no-trunc --filter label=citusbench.node=" + node);
        std::this_thread::sleep_for(std::chrono::seconds(1));
    }
    return witness_end_of_container(id.substr(0, id.find('\n'))).get();
}

TEST_F(ComposeRun, AKilledContainerIsAKilledWorkerAndEverythingIsRemoved) {
    auto gone = std::async(std::launch::async, witness_end_of_node, "worker2");
    const auto finished = run(chat(with_fault("crash:worker2", containers("active-active"))), 280);
    EXPECT_EQ(finished.code, 0) << finished.all();
    expect_consistent_files();
    EXPECT_LT(summary("during", "write", "affected").count("ok"),
              summary("before", "write", "affected").count("ok"));
    EXPECT_GT(summary("during", "read").count("ok"), 0U);
    const auto end = elapsed_s(run_json(), gone.get());
    EXPECT_NEAR(moment("fault_confirmed", "worker2"), end, 0.010);
    EXPECT_LE(moment("phase", "during"), end) << "it begins with the injection";
    EXPECT_LT(moment("fault_confirmed", "worker2"), moment("heal_confirmed", "worker2"));
    EXPECT_NE(run_json().find("\"runtime\": \"compose\""), std::string::npos);
    EXPECT_EQ(left_over(), "");
}

TEST_F(ComposeRun, APortInUseIsNamedAndEverythingIsRemoved) {
    ASSERT_EQ(shell("docker run --detach --rm --name citusbench-test-port --publish "
                    "127.0.0.1:5432:5432 --entrypoint sleep citusdata/citus:13.2.0 200")
                  .empty(),
              false);
    const auto finished = run(chat(containers("single", {{"--duration", "1s"}})), 120);
    shell("docker rm --force citusbench-test-port");
    EXPECT_EQ(finished.code, 1) << finished.all();
    EXPECT_TRUE(finished.says("port 5432 of 127.0.0.1 is in use")) << finished.all();
    EXPECT_EQ(left_over(), "");
}

TEST_F(ComposeRun, ContainersThatRunAlreadyAreUsedAndLeftRunning) {
    const auto kept = run(chat(containers("single", {{"--duration", "1s"}, {"--keep", ""}})), 200);
    EXPECT_EQ(kept.code, 0) << kept.all();
    const auto before = left_over();
    EXPECT_NE(before, "");
    const auto used =
        run(chat(with_fault("partition:coordinator", containers("single", {{"--init", "never"}}))),
            120);
    EXPECT_EQ(used.code, 0) << used.all();
    // One of each connection may outlast the partition, and be answered when it is healed.
    EXPECT_LE(summary("during").count("ok"), 4U);
    EXPECT_GT(summary("after").count("ok"), 0U);
    EXPECT_EQ(left_over(), before);
    EXPECT_EQ(run({"cluster", "down"}).code, 0);
    EXPECT_EQ(left_over(), "");
}

TEST_F(ComposeRun, ADiscoveredClusterOfContainersIsBrokenByItsManifest) {
    const auto kept =
        run(chat(containers("active-active", {{"--duration", "1s"}, {"--keep", ""}})), 280);
    ASSERT_EQ(kept.code, 0) << kept.all();
    const auto password =
        shell("docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "
              "$(docker ps --quiet --filter label=citusbench.node=coordinator) "
              "| sed -n 's/^PGPASSWORD=//p'");
    setenv("PGPASSWORD", password.substr(0, password.find('\n')).c_str(), 1);
    const auto file = (work_ / "cluster.json").string();
    const auto found = run({"cluster", "discover", "--dsn",
                            "host=127.0.0.1 user=citusbench dbname=citusbench", "--output", file});
    EXPECT_EQ(found.code, 0) << found.all();
    EXPECT_EQ(found.err, "") << "of every node it is known how to break it";
    EXPECT_EQ(run({"cluster", "status", "--cluster", file}).code, 0);
    auto gone = std::async(std::launch::async, witness_end_of_node, "worker2");
    const auto finished = run(chat(with_fault("crash:worker2", {{"--cluster", file}})), 120);
    unsetenv("PGPASSWORD");
    EXPECT_EQ(finished.code, 0) << finished.all();
    const auto end = elapsed_s(run_json(), gone.get());
    EXPECT_NEAR(moment("fault_confirmed", "worker2"), end, 0.010);
    EXPECT_GT(summary("during", "write", "affected").count("failed"), 0U);
    EXPECT_EQ(run({"cluster", "down"}).code, 0);
    EXPECT_EQ(left_over(), "");
}

TEST_F(ComposeRun, WhatADeadOneLeftIsRemovedByTheNext) {
    {
        Program program(work_, chat(containers("single", {{"--duration", "60s"}})));
        ASSERT_TRUE(program.wait_for("chat", 120));
        ASSERT_TRUE(program.wait_for("steady", 120)) << "the load did not begin";
        program.send(SIGKILL);
        program.finish(130);
    }
    EXPECT_NE(left_over(), "");
    EXPECT_EQ(run({"cluster", "down"}).code, 0);
    EXPECT_EQ(left_over(), "");
}

TEST_F(ComposeRun, WhatContainersCannotDoIsRefusedBeforeAnythingIsTouched) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"slow:worker2:20ms", "there is no proxy in front of containers"},
        {"postmaster:worker2", "a container ends with its main process"},
    };
    for (const auto& [fault, why] : cases) {
        const auto refused = run(chat(with_fault(fault, containers("active-active"))));
        EXPECT_EQ(refused.code, 2) << fault;
        EXPECT_TRUE(refused.says(why)) << refused.all();
    }
}

} // namespace
} // namespace citusbench::test
