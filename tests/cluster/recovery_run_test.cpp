#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include <nlohmann/json.hpp>

#include "os/thread_guards.hpp"
#include "support/end_witness.hpp"
#include "support/measures_time.hpp"
#include "support/run_fixture.hpp"

namespace citusbench {
namespace {

/// Runs with faults, and what recovery.csv and the key groups say of them.
class RecoveryRunTest : public test::RunFixture {
  protected:
    static test::Options with_faults(test::Options more) {
        more.insert({{"--before", "1s"},
                     {"--during", "1500ms"},
                     {"--after", "1s"},
                     {"--timeout", "2s"},
                     {"--rate", "300"}});
        return more;
    }
    test::CsvRow recovery(const std::string& operation, const std::string& keys,
                          const std::string& fault = "1") const {
        for (const auto& row : table("recovery.csv"))
            if (row["fault"] == fault && row["operation"] == operation && row["key_group"] == keys)
                return row;
        throw std::runtime_error("no row " + operation + " " + keys + " in recovery.csv");
    }
    std::size_t events(const std::string& kind) const {
        std::size_t count = 0;
        for (const auto& row : table("events.csv"))
            if (row["kind"] == kind) ++count;
        return count;
    }
    nlohmann::json record() const { return nlohmann::json::parse(run_json()); }
    /// `late`: seconds from the end of worker2's last process to the confirmation of its crash.
    void crash_worker2(const test::Options& load, double& late) {
        const auto dsn = cluster_up();
        const auto data_dir =
            LocalCluster::open_kept(test::no_stop)->folder() / "server" / "worker2";
        auto options = with_faults({{"--kill", "worker2"}, {"--dsn", dsn}});
        options.erase("--rate");
        options.insert(load.begin(), load.end());
        auto witness = test::witness_end_of_server(data_dir);
        const auto finished = run(chat(options));
        const auto gone = witness.get();
        ASSERT_EQ(finished.code, 0) << finished.all();
        ASSERT_NE(gone, 0);
        late = moment("fault_confirmed", "worker2") - test::elapsed_s(run_json(), gone);
    }
};

/// Compares moments to milliseconds.
class FaultMomentTest : public RecoveryRunTest {};
MEASURES_TIME(FaultMomentTest);

TEST_F(RecoveryRunTest, OnlyKeysOfTheKilledNodeSufferAndTheGroupsAddUp) {
    const auto finished = run(chat(with_faults({{"--kill", "worker2"}})));
    ASSERT_EQ(finished.code, 0) << finished.all();
    expect_consistent_files();
    for (const auto* column : {"scheduled", "ok", "failed", "unknown", "skipped"})
        EXPECT_EQ(summary("during").count(column),
                  summary("during", "all", "affected").count(column) +
                      summary("during", "all", "unaffected").count(column))
            << column;
    const auto affected = recovery("write", "affected");
    EXPECT_GT(affected.count("failed") + affected.count("unknown"), 20U);
    EXPECT_FALSE(affected["time_to_first_error_ms"].empty());
    EXPECT_GT(affected.number("unavailable_ms"), 1000);
    EXPECT_GT(affected.number("time_to_first_ok_ms"), 1000);
    EXPECT_GT(affected.number("time_to_redundancy_ms"), 1400);
    const auto others = recovery("write", "unaffected");
    EXPECT_GT(others.count("ok"), 20U);
    EXPECT_EQ(others.count("scheduled"), others.count("ok"));
    EXPECT_TRUE(others["time_to_first_error_ms"].empty());
    EXPECT_TRUE(finished.says("of the rooms could not be written for")) << finished.out;
    EXPECT_TRUE(finished.says("unavailable")) << finished.out;
}

TEST_F(RecoveryRunTest, SharesOfKeysAgreeWithWhereTheRoomsReallyLie) {
    const auto finished = run(chat(with_faults({{"--kill", "worker2"}, {"--keep", ""}})));
    ASSERT_EQ(finished.code, 0) << finished.all();
    // Partition s of rooms lies on worker s % 2 + 1.
    const auto there = test::ask(
        kept_conninfo(), "select count(*) filter (where substring(tableoid::regclass::text from "
                         "'rooms_(.*)')::int % 2 = 1) from citusbench.rooms");
    const auto keys = record()["faults"]["keys"];
    ASSERT_EQ(keys.size(), 2U);
    EXPECT_NEAR(keys[0]["affected_share"].get<double>(), std::stod(there) / 50, 1e-9);
    EXPECT_EQ(run({"cluster", "down"}).code, 0);
}

TEST_F(FaultMomentTest, AFaultIsConfirmedWithinTenMillisecondsOfTheProcessesEnd) {
    double late = 1;
    ASSERT_NO_FATAL_FAILURE(crash_worker2({{"--rate", "300"}}, late));
    EXPECT_NEAR(late, 0, 0.010);
}

TEST_F(FaultMomentTest, ConfirmsCrashWithin10MsUnderFullLoad) {
    if (!std::getenv("CITUSBENCH_FULL_LOAD"))
        GTEST_SKIP() << "measures to a few milliseconds on a machine that it fills: set "
                        "CITUSBENCH_FULL_LOAD, with nothing else running";
    if (!RealtimePriorityGuard().granted()) GTEST_SKIP() << "no right to SCHED_FIFO (CAP_SYS_NICE)";
    double late = 1;
    ASSERT_NO_FATAL_FAILURE(crash_worker2({{"--connections", "64"}}, late));
    EXPECT_NEAR(late, 0, 0.010);
}

TEST_F(RecoveryRunTest, RepeatedFaultsAreMergedByPhaseAndToldOneByOne) {
    const auto finished = run(
        chat(with_faults({{"--kill", "worker1"}, {"--repeat", "3"}, {"--during", "500ms"}})), 90);
    ASSERT_EQ(finished.code, 0) << finished.all();
    expect_consistent_files();
    EXPECT_EQ(events("fault_confirmed"), 3U);
    EXPECT_EQ(events("heal_confirmed"), 3U);
    std::set<std::string> phases;
    std::size_t rows = 0;
    for (const auto& row : table("summary.csv"))
        if (row["operation"] == "all" && row["key_group"] == "all") {
            phases.insert(row["phase"]);
            ++rows;
        }
    EXPECT_EQ(phases, (std::set<std::string>{"before", "during", "after"}));
    EXPECT_EQ(rows, 3U) << "a phase appears more than once";
    for (const auto* fault : {"1", "2", "3"})
        EXPECT_GT(recovery("write", "affected", fault).number("unavailable_ms"), 400) << fault;
    const auto recovered = record()["faults"]["recovery"];
    ASSERT_FALSE(recovered.empty());
    for (const auto& row : recovered) EXPECT_EQ(row["faults"], 3);
}

TEST_F(RecoveryRunTest, ACoordinatorHoldsNoKeysAndStillTakesAllOfThemAlong) {
    const auto finished = run(chat(with_faults({{"--kill", "coordinator"}})));
    ASSERT_EQ(finished.code, 0) << finished.all();
    EXPECT_TRUE(finished.says("holding none of the rooms")) << finished.out;
    EXPECT_TRUE(finished.says("no write succeeded for")) << finished.out;
    EXPECT_EQ(summary("during", "all", "affected").count("scheduled"), 0U);
}

TEST_F(RecoveryRunTest, AControlRunWithoutAFaultTakesNothing) {
    const auto finished = run(chat(with_faults({{"--fault", "none:worker1"}})));
    ASSERT_EQ(finished.code, 0) << finished.all();
    EXPECT_TRUE(recovery("all", "affected")["time_to_first_error_ms"].empty());
    EXPECT_TRUE(finished.says("writes continued")) << finished.out;
}

TEST_F(RecoveryRunTest, RetriedWritesGetThroughUnderTheSameIdAndAreCountedApart) {
    const auto finished =
        run(chat(with_faults({{"--kill", "worker2"}, {"--retry", "100"}, {"--during", "700ms"}})));
    ASSERT_EQ(finished.code, 0) << finished.all();
    expect_consistent_files();
    EXPECT_EQ(summary("during").count("ok"), summary("during").count("scheduled"));
    EXPECT_GT(record()["client_events"]["retries"].get<int>(), 20);
    bool told = false;
    for (const auto& row : table("errors.csv")) told = told || row["outcome"] == "retried";
    EXPECT_TRUE(told);
}

TEST_F(RecoveryRunTest, RefusesAnOperatorWhoHasNothingToDo) {
    const auto refused = [&](test::Options options, const char* why) {
        const auto finished = run(chat(options));
        EXPECT_EQ(finished.code, 2) << finished.all();
        EXPECT_TRUE(finished.says(why)) << finished.err;
    };
    refused({{"--kill", "worker1"}, {"--operator", "disable:5s"}}, "engine fdw has no copies");
    refused({{"--kill", "worker1"}, {"--operator", "fence"}}, "--operator fence: write none, or");
    refused({{"--operator", "disable:5s"}}, "it needs a fault; add --kill NODE");
    refused({{"--repeat", "3"}}, "--repeat 3: it needs a fault");
    refused({{"--kill", "worker1"}, {"--repeat", "0"}}, "--repeat 0: must be between 1 and 300");
    refused({{"--kill", "worker1"}, {"--repeat", "2"}, {"--no-heal", ""}}, "one cycle only");
    const auto seed = run(spatial({{"--schema", "seed"}, {"--retry", "2"}}));
    EXPECT_EQ(seed.code, 2);
    EXPECT_TRUE(seed.says("--retry 2: the tables of this schema have no unique key")) << seed.err;
}

TEST_F(RecoveryRunTest, OnCitusTheOperatorBringsWritesBackBeforeTheNodeIsHealed) {
    if (!find_local_postgres().has_citus) GTEST_SKIP() << "this machine's PostgreSQL has no Citus";
    const auto finished = run(chat(with_faults({{"--engine", "citus"},
                                                {"--kill", "worker2"},
                                                {"--rate", "100"},
                                                {"--timeout", "5s"},
                                                {"--during", "4s"},
                                                {"--operator", "disable:1s"}})),
                              120);
    ASSERT_EQ(finished.code, 0) << finished.all();
    for (const auto* step : {"operator_disable", "operator_activate", "operator_replicate"})
        EXPECT_EQ(events(step), 1U) << step;
    EXPECT_LT(moment("operator_disable", "worker2"), moment("heal_started", "worker2"));
    EXPECT_GT(moment("operator_activate", "worker2"), moment("heal_confirmed", "worker2"));
    const auto writes = recovery("write", "affected");
    EXPECT_GT(writes.number("time_to_first_ok_ms"), 900);
    EXPECT_LT(writes.number("time_to_first_ok_ms"), 3900) << "not before the node was back";
    EXPECT_GT(writes.number("time_to_redundancy_ms"), 4000);
    EXPECT_EQ(writes.count("failed"), 0U) << "what failed may have happened on one placement";
    EXPECT_TRUE(finished.says("The operator (--operator disable:1s) had disabled it"))
        << finished.out;
}

TEST_F(RecoveryRunTest, OnCitusWithoutAnOperatorWritesWaitForTheNode) {
    if (!find_local_postgres().has_citus) GTEST_SKIP() << "this machine's PostgreSQL has no Citus";
    const auto finished = run(chat(with_faults(
        {{"--engine", "citus"}, {"--workers", "3"}, {"--kill", "worker2"}, {"--rate", "100"}})));
    ASSERT_EQ(finished.code, 0) << finished.all();
    EXPECT_GT(recovery("write", "affected").number("time_to_first_ok_ms"), 1400);
    EXPECT_GT(recovery("write", "unaffected").count("ok"), 5U);
    EXPECT_EQ(recovery("read", "all").count("scheduled"), recovery("read", "all").count("ok"));
    EXPECT_TRUE(finished.says("There was no operator action (--operator none).")) << finished.out;
}

} // namespace
} // namespace citusbench
