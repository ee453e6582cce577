#include <gtest/gtest.h>

#include <fstream>

#include "support/measures_time.hpp"
#include "support/paths.hpp"
#include "support/run_fixture.hpp"

namespace citusbench {
namespace {

/// Faults one after the other, written down in a file.
class FaultSequenceTest : public test::RunFixture {
  protected:
    std::string config(const std::string& text) const {
        const auto path = work_ / "faults.ini";
        std::ofstream(path) << text;
        return path.string();
    }
    /// What recovery.csv says of all operations on all keys, by fault.
    std::vector<test::CsvRow> steps() const {
        std::vector<test::CsvRow> found;
        for (const auto& row : table("recovery.csv"))
            if (row["operation"] == "all" && row["key_group"] == "all") found.push_back(row);
        return found;
    }
    static double outage_ms(const test::CsvRow& row) {
        return 1e3 * (row.number("healed_s") - row.number("confirmed_s"));
    }
    void expect_steps(const test::Options& more) const {
        test::Options options = {{"--config", config("before = 1s\n"
                                                     "# three steps\n"
                                                     "fault = stop:worker2@1s+1s\n"
                                                     "fault = stop:coordinator@4s+1s\n"
                                                     "fault = stop:worker1@7s+1s\n"
                                                     "after = 1500ms\n")}};
        options.insert(more.begin(), more.end());
        const auto finished = run(chat(options), 120);
        ASSERT_EQ(finished.code, 0) << finished.all();
        const auto rows = steps();
        ASSERT_EQ(rows.size(), 3U);
        const std::vector<std::string> nodes = {"worker2", "coordinator", "worker1"};
        for (std::size_t i = 0; i < rows.size(); ++i) {
            EXPECT_EQ(rows[i]["kind"], "stop");
            EXPECT_EQ(rows[i]["nodes"], nodes[i]);
            EXPECT_GE(rows[i].number("confirmed_s"), 1 + 3.0 * static_cast<double>(i));
            EXPECT_GE(rows[i].number("healed_s"), rows[i].number("confirmed_s") + 0.9);
            EXPECT_NE(rows[i]["time_to_first_error_ms"], "") << nodes[i];
            EXPECT_NE(rows[i]["unavailable_ms"], "") << nodes[i];
            if (i > 0) {
                EXPECT_GT(rows[i].number("confirmed_s"), rows[i - 1].number("healed_s"));
            }
        }
        // Each step's gap is its own, and not as long as everything since the first.
        std::size_t gaps = 0;
        for (const auto& row : table("recovery.csv")) {
            if (row["unavailable_ms"].empty() ||
                (row["operation"] != "read" && row["operation"] != "write"))
                continue;
            ++gaps;
            EXPECT_LT(row.number("unavailable_ms"), 3000 + outage_ms(row))
                << row["fault"] << " " << row["operation"] << " " << row["key_group"];
        }
        EXPECT_GE(gaps, rows.size());
        EXPECT_GT(summary("after").count("ok"), 0U);
        expect_consistent_files();
        expect_nothing_left();
    }
};
MEASURES_TIME(FaultSequenceTest);

TEST_F(FaultSequenceTest, EachStepHasARowOfItsRecovery) {
    expect_steps({});
}

TEST_F(FaultSequenceTest, OnCitusEachStepHasARowOfItsRecovery) {
    if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    expect_steps({{"--engine", "citus"}});
}

TEST_F(FaultSequenceTest, TheShippedScenarioIsReadAndItsNodesAreChecked) {
    const auto file = std::string(test::source_dir()) + "/workloads/scenarios/ha.ini";
    const auto finished = run(chat({{"--config", file}, {"--workers", "1"}}));
    EXPECT_EQ(finished.code, 2);
    EXPECT_TRUE(finished.says("has no node 'worker2'")) << finished.all();
}

} // namespace
} // namespace citusbench
