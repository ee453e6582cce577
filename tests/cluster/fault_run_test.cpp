#include <gtest/gtest.h>

#include "support/measures_time.hpp"
#include "support/run_fixture.hpp"

namespace citusbench {
namespace {

/// Runs on postgres_fdw, which every machine has.
class FaultRunTest : public test::RunFixture {
  protected:
    static test::Options with_fault(const std::string& fault, test::Options more = {}) {
        more.insert({{"--fault", fault},
                     {"--before", "700ms"},
                     {"--during", "1s"},
                     {"--after", "1s"},
                     {"--timeout", "500ms"},
                     {"--interval", "100ms"}});
        return more;
    }

    /// Verified (or it would not be 0), all phases, consistent files, the confirmation first.
    void expect_good_run(const test::Finished& finished, const std::string& node) const {
        ASSERT_EQ(finished.code, 0) << finished.all();
        expect_consistent_files();
        for (const auto* phase : {"before", "during", "after"})
            EXPECT_GT(summary(phase).count("scheduled"), 0U) << phase;
        EXPECT_LE(moment("phase", "during"), moment("fault_injected", node));
        EXPECT_LT(moment("fault_injected", node), moment("fault_confirmed", node) + 1e-6);
        for (const auto* outcome : {"failed", "unknown", "skipped"})
            EXPECT_EQ(summary("before").count(outcome), 0U)
                << "what met the fault is not before it";
        EXPECT_LT(moment("heal_confirmed", node), moment("phase", "after"));
        EXPECT_LT(moment("fault_confirmed", node) + 1, moment("heal_confirmed", node) + 1e-6);
    }

    /// Every row of the timeline that begins in [from, to - 0.1 s) and counts `operation`.
    test::CsvTable rows_within(const std::string& operation, double from, double to) const {
        test::CsvTable rows;
        for (const auto& row : table("timeline.csv"))
            if (row["operation"] == operation && row["key_group"] == "all" &&
                row.number("elapsed_s") >= from && row.number("elapsed_s") + 0.1 <= to)
                rows.push_back(row);
        return rows;
    }

    void expect_all_well_at_the_end(const std::string& healed) const {
        const auto well = rows_within("all", moment("heal_confirmed", healed) + 0.5, 1e9);
        EXPECT_GE(well.size(), 3U);
        std::uint64_t ok = 0;
        for (const auto& row : well) {
            ok += row.count("ok");
            EXPECT_EQ(row.count("ok"), row.count("scheduled")) << row["elapsed_s"];
        }
        EXPECT_GT(ok, 0U);
    }
};

/// Compares how long something took with limits.
class FaultRunTimesTest : public FaultRunTest {};
MEASURES_TIME(FaultRunTimesTest);

TEST_F(FaultRunTest, AKilledWorkerTakesSomeOperationsAlongAndNoAcknowledgedRow) {
    auto options = with_fault("crash:worker2", {{"--keep", ""}});
    options.erase("--fault");
    options["--kill"] = "worker2";
    const auto finished = run(chat(options));
    expect_good_run(finished, "worker2");
    const auto during = summary("during");
    EXPECT_GT(during.count("ok"), 0U) << "worker1 is alive";
    EXPECT_GT(during.count("failed") + during.count("unknown"), 0U);
    expect_all_well_at_the_end("worker2");
    const auto found = std::stoull(count_of_posts(kept_conninfo()));
    EXPECT_GE(found, total("post", "ok"));
    EXPECT_LE(found, total("post", "ok") + total("post", "unknown"));
    EXPECT_EQ(run({"cluster", "down"}).code, 0);
    expect_nothing_left();
}

TEST_F(FaultRunTest, AClosedLoopOutlivesTheCrashOfItsOnlyEntryPoint) {
    const auto finished = run(chat(with_fault("crash:coordinator")));
    expect_good_run(finished, "coordinator");
    EXPECT_GT(summary("during").count("skipped"), 0U);
    expect_all_well_at_the_end("coordinator");
    expect_nothing_left();
}

TEST_F(FaultRunTest, AnOpenLoopKeepsItsScheduleWhileNothingIsOk) {
    const auto finished =
        run(chat(with_fault("crash:coordinator", {{"--rate", "200"}, {"--arrival", "constant"}})));
    expect_good_run(finished, "coordinator");
    const auto during =
        rows_within("all", moment("phase", "during") + 1e-6, moment("phase", "after"));
    EXPECT_GE(during.size(), 5U);
    for (const auto& row : during) EXPECT_EQ(row.count("scheduled"), 20U) << row["elapsed_s"];
    // What is meant for the outage and may wait 0.5 s for a connection is never ok.
    const auto dark = rows_within("all", moment("fault_confirmed", "coordinator"),
                                  moment("heal_started", "coordinator") - 0.5);
    EXPECT_GE(dark.size(), 3U);
    for (const auto& row : dark) EXPECT_EQ(row.count("ok"), 0U) << row["elapsed_s"];
    EXPECT_GT(summary("during").count("skipped"), 50U);
    expect_all_well_at_the_end("coordinator");
}

TEST_F(FaultRunTest, AFastShutdownIsSurvivedToo) {
    const auto finished = run(chat(with_fault("stop:worker1")));
    expect_good_run(finished, "worker1");
    expect_all_well_at_the_end("worker1");
}

TEST_F(FaultRunTimesTest, AFrozenCoordinatorCannotHoldUpTheEnd) {
    test::Program program(work_, chat([] {
                              auto options = with_fault("pause:coordinator", {{"--no-heal", ""}});
                              options.erase("--after");
                              return options;
                          }()));
    ASSERT_TRUE(program.wait_for("fault_confirmed")) << program.finish().all();
    const auto confirmed = now_ticks();
    const auto finished = program.finish();
    // The phase, a wait for a connection, an operation on its way, and 2 s to verify and tidy up.
    EXPECT_LT(to_seconds(now_ticks() - confirmed), 1 + 0.5 + 0.5 + 1 + 2) << finished.all();
    ASSERT_EQ(finished.code, 0) << finished.all();
    expect_consistent_files();
    EXPECT_THROW(summary("after"), std::runtime_error);
    EXPECT_GT(summary("during", "all").count("skipped"), 0U);
    EXPECT_GT(total("all", "failed") + total("all", "unknown"), 0U) << "nothing was on its way?";
    expect_nothing_left();
}

TEST_F(FaultRunTimesTest, WithoutHealingThereIsNoPhaseAfter) {
    auto options = with_fault("crash:worker2", {{"--no-heal", ""}});
    options.erase("--after");
    const auto finished = run(chat(options));
    ASSERT_EQ(finished.code, 0) << finished.all();
    expect_consistent_files();
    EXPECT_THROW(summary("after"), std::runtime_error);
    EXPECT_NEAR(summary("during").number("phase_s"), 1, 0.2);
    expect_nothing_left();
}

TEST_F(FaultRunTest, AControlRunHasThePhasesAndNoErrors) {
    const auto finished = run(chat(with_fault("none:worker1")));
    expect_good_run(finished, "worker1");
    for (const auto* phase : {"before", "during", "after"})
        EXPECT_EQ(summary(phase).count("ok"), summary(phase).count("scheduled")) << phase;
}

TEST_F(FaultRunTest, AKeptClustersNodeIsKilledAndHealed) {
    const auto dsn = cluster_up();
    const auto finished = run(chat(with_fault("crash:worker2", {{"--dsn", dsn}})));
    expect_good_run(finished, "worker2");
    EXPECT_EQ(run({"cluster", "status"}).code, 0) << "a node is still down";
}

} // namespace
} // namespace citusbench
