#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include <nlohmann/json.hpp>

#include "support/measures_time.hpp"
#include "support/topology_fixture.hpp"
#include "topology/target_name.hpp"

namespace citusbench {
namespace {

/// With Patroni, whose failovers take seconds, so these tests do.
class ActivePassiveTest : public test::TopologyFixture {
  protected:
    static test::Options slowly(const std::string& fault, test::Options more = {}) {
        more.insert({{"--before", "2s"}, {"--during", "10s"}, {"--after", "5s"}});
        return with_fault(fault, more);
    }

    /// The kept cluster's, apart from those of workers' groups.
    static std::string leader() {
        const auto kept = LocalCluster::open_kept(test::no_stop);
        return kept->resolve({"leader"}).front();
    }

    /// Crashes of the leader, under load; 2 unless the environment says otherwise.
    void expect_nothing_lost_in_crashes_of_leaders(const std::string& engine) const {
        const char* wanted = std::getenv("CITUSBENCH_LEADER_CRASHES");
        const std::string crashes = wanted ? wanted : "2";
        const auto finished =
            run(chat(on("active-passive", engine, slowly("crash:leader", {{"--repeat", crashes}}))),
                60 + 30 * std::stod(crashes));
        ASSERT_EQ(finished.code, 0) << finished.all();
        expect_consistent_files();
        int failovers = 0;
        for (const auto& row : table("recovery.csv")) {
            if (row["operation"] != "all" || row["key_group"] != "all") continue;
            ++failovers;
            EXPECT_LT(row.number("unavailable_ms"), 10'000) << row["fault"];
            EXPECT_LT(row.number("time_to_first_ok_ms"), 10'000) << row["fault"];
        }
        EXPECT_EQ(std::to_string(failovers), crashes);
        const auto json = nlohmann::json::parse(run_json());
        EXPECT_EQ(json.at("patroni").at("ttl_s"), 5);
        expect_nothing_left();
    }
};

/// How long nobody leads depends on Patroni's timers, which a busy machine lets run out.
class FailoverTest : public ActivePassiveTest {};
MEASURES_TIME(FailoverTest);

TEST_F(FailoverTest, CrashesOfTheLeaderLoseNoAcknowledgedWrite) {
    expect_nothing_lost_in_crashes_of_leaders("fdw");
}

TEST_F(FailoverTest, OnCitusCrashesOfTheLeaderLoseNoAcknowledgedWrite) {
    if (!has_citus()) GTEST_SKIP() << "Citus is not installed here";
    expect_nothing_lost_in_crashes_of_leaders("citus");
}

TEST_F(FailoverTest, ASwitchoverIsShorterThanAFailover) {
    const auto finished = run(
        chat(on("active-passive", "fdw", slowly("switchover:leader", {{"--during", "3s"}}))), 90);
    ASSERT_EQ(finished.code, 0) << finished.all();
    EXPECT_LT(max_gap_after(moment("fault_injected", "leader")), 6);
    expect_nothing_left();
}

/// A run through the balancer's port of replicas, which take no writes.
class ReplicaPortTest : public ActivePassiveTest {
  protected:
    static std::string conninfo_of(bool replicas) {
        const auto kept = LocalCluster::open_kept(test::no_stop);
        auto balancer = *kept->find("lb");
        if (replicas) balancer.port = balancer.more_ports.at(more_port::haproxy_replicas);
        return kept->conninfo(balancer);
    }
    test::Finished run_on(const std::string& conninfo, test::Options more = {}) const {
        more.insert({{"--dsn", conninfo}, {"--duration", "1s"}});
        return run(chat(more));
    }
    /// As somebody else's cluster: the kept one is of another state folder.
    test::Finished run_as_stranger(const std::string& conninfo, const test::Options& more) const {
        setenv("CITUSBENCH_STATE", (state_.path() / "stranger").c_str(), 1);
        auto finished = run_on(conninfo, more);
        setenv("CITUSBENCH_STATE", state_.path().c_str(), 1);
        return finished;
    }
    void expect_reads_alone(const std::string& engine) const {
        const auto up = topology_up("active-passive", engine);
        ASSERT_EQ(up.code, 0) << up.all();
        const auto leader = conninfo_of(false);
        const auto replicas = conninfo_of(true);
        const auto empty = run_as_stranger(replicas, {{"--mix", "latest=1"}});
        EXPECT_EQ(empty.code, 2) << empty.all();
        EXPECT_TRUE(empty.says("load it through the primary")) << empty.all();
        EXPECT_EQ(run_as_stranger(replicas, {{"--init", "only"}}).code, 2);
        EXPECT_EQ(run_on(leader, {{"--label", "first"}}).code, 0);
        const auto writes = run_on(replicas);
        EXPECT_EQ(writes.code, 2) << writes.all();
        EXPECT_TRUE(writes.says("accepts no writes (a standby?); use reads alone, as --mix "
                                "'latest=1,unread=1,"))
            << writes.all();
        EXPECT_EQ(result_folders().size(), 1U);
        const auto reads = run_on(replicas, {{"--mix", "latest=1,unread=1"}, {"--label", "reads"}});
        EXPECT_EQ(reads.code, 0) << reads.all();
        EXPECT_GT(summary("steady").count("ok"), 100U);
        // Of fdw only the cluster's own folder tells.
        if (engine == "citus") {
            const auto strange = run_as_stranger(replicas, {{"--mix", "latest=1"}});
            EXPECT_EQ(strange.code, 0) << strange.all();
            EXPECT_NE(run_json().find("\"run_number\": 1048575"), std::string::npos);
        }
        const auto folder = newest_results().string();
        EXPECT_EQ(run_on(leader, {{"--label", "second"}}).code, 0);
        const auto again = run({"--verify-only", folder, "--dsn", leader});
        EXPECT_EQ(again.code, 0) << again.all();
        EXPECT_EQ(run({"cluster", "down"}).code, 0);
    }
};

TEST_F(ReplicaPortTest, IsForReads) {
    expect_reads_alone("fdw");
}

TEST_F(ReplicaPortTest, OnCitusIsForReads) {
    if (!has_citus()) GTEST_SKIP() << "Citus is not installed here";
    expect_reads_alone("citus");
}

class WorkerReplicaTest : public ActivePassiveTest {
  protected:
    /// The primary of a worker's group crashes under load, and its replica takes over.
    void expect_the_replica_takes_over(const std::string& engine) const {
        const auto finished =
            run(chat(on("active-passive", engine,
                        slowly("crash:leader@worker1",
                               {{"--replicas-per-worker", "1"}, {"--before", "3s"}}))),
                150);
        ASSERT_EQ(finished.code, 0) << finished.all();
        expect_consistent_files();
        // Long before the node is back.
        EXPECT_GT(sum_within(moment("heal_started", "leader@worker1") - 2,
                             moment("heal_started", "leader@worker1"), "ok", "post"),
                  0U);
        int outages = 0;
        for (const auto& row : table("recovery.csv")) {
            if (row["operation"] != "write" || row["key_group"] != "affected") continue;
            ++outages;
            EXPECT_GT(row.number("unavailable_ms"), 0);
            EXPECT_LT(row.number("unavailable_ms"), 10'000);
        }
        EXPECT_EQ(outages, 1);
        expect_nothing_left();
    }
};
MEASURES_TIME(WorkerReplicaTest);

TEST_F(WorkerReplicaTest, TakesOverWhenItsPrimaryCrashes) {
    expect_the_replica_takes_over("fdw");
}

TEST_F(WorkerReplicaTest, OnCitusTakesOverWhenItsPrimaryCrashes) {
    if (!has_citus()) GTEST_SKIP() << "Citus is not installed here";
    expect_the_replica_takes_over("citus");
}

TEST_F(ActivePassiveTest, StatusShowsMembersAndBackEnds) {
    ASSERT_EQ(topology_up("active-passive", "fdw").code, 0);
    const auto status = [&] {
        return nlohmann::json::parse(run({"cluster", "status", "--format", "json"}).out);
    };
    const auto count = [](const nlohmann::json& list, const char* field, const char* value) {
        return std::count_if(list.begin(), list.end(),
                             [&](const auto& each) { return each.at(field) == value; });
    };
    const auto well = status();
    EXPECT_EQ(well.at("patroni_members").size(), 3U);
    EXPECT_EQ(count(well["patroni_members"], "role", "leader"), 1);
    EXPECT_EQ(count(well["patroni_members"], "state", "running") +
                  count(well["patroni_members"], "state", "streaming"),
              3);
    // One leads and two follow, and HAProxy knows them on both of its frontends.
    EXPECT_EQ(well.at("back_ends").size(), 6U);
    EXPECT_EQ(count(well["back_ends"], "state", "up"), 3);
    ASSERT_EQ(run({"cluster", "kill", "etcd"}).code, 0);
    ASSERT_EQ(run({"cluster", "kill", "coordinator1", "coordinator2", "coordinator3"}).code, 0);
    const auto ill = run({"cluster", "status"});
    EXPECT_EQ(ill.code, 1);
    EXPECT_TRUE(ill.says("no member of coordinator1, coordinator2, coordinator3 leads"))
        << ill.all();
    EXPECT_TRUE(ill.says("lb has no server to pass connections to leader on to")) << ill.all();
}

/// Patroni says who leads a moment before PostgreSQL has been promoted.
bool leads_to_a_primary(const std::string& balancer_conninfo) {
    for (int i = 0; i < 100; ++i) {
        if (test::ask(balancer_conninfo, "select pg_is_in_recovery()") == "f") return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
}

TEST_F(ActivePassiveTest, NodesAndTheirPatronisAreEndedAndStartedByName) {
    const auto up = topology_up("active-passive", "fdw");
    ASSERT_EQ(up.code, 0) << up.all();
    EXPECT_EQ(run({"cluster", "status"}).code, 0);
    const auto first = leader();
    // PostgreSQL goes on without its Patroni, until the others miss the leader.
    EXPECT_EQ(run({"cluster", "kill", "patroni@" + first}).code, 0);
    EXPECT_EQ(test::ask(kept_conninfo_of(first), "select 1"), "1");
    EXPECT_NE(leader(), first);
    EXPECT_TRUE(run({"cluster", "status"}).says("unmanaged"));
    EXPECT_EQ(run({"cluster", "heal"}).code, 0);
    const auto second = leader();
    EXPECT_EQ(run({"cluster", "kill", "leader"}).code, 0);
    EXPECT_NE(leader(), second);
    EXPECT_TRUE(leads_to_a_primary(kept_conninfo_of("lb")));
    EXPECT_EQ(run({"cluster", "heal"}, 90).code, 0);
    EXPECT_EQ(run({"cluster", "kill", "etcd"}).code, 0);
    EXPECT_EQ(run({"cluster", "heal"}, 90).code, 0);
    // Without etcd Patroni takes the leader back, and finds one again only after etcd's return.
    auto status = run({"cluster", "status"});
    for (int i = 0; i < 15 && status.code != 0; ++i) {
        std::this_thread::sleep_for(std::chrono::seconds(1));
        status = run({"cluster", "status"});
    }
    EXPECT_EQ(status.code, 0) << status.all();
    const auto unknown = run({"cluster", "kill", "patroni@worker1"});
    EXPECT_EQ(unknown.code, 2);
    EXPECT_TRUE(unknown.says("patroni@coordinator1")) << unknown.all();
    EXPECT_EQ(run({"cluster", "down"}).code, 0);
    expect_nothing_left();
}

} // namespace
} // namespace citusbench
