#include <gtest/gtest.h>

#include "support/run_fixture.hpp"

namespace citusbench {
namespace {

/// What a node failure does to Citus with two copies of each shard.
class CitusRunTest : public test::RunFixture {
  protected:
    void SetUp() override {
        if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    }

    test::Finished run_with_fault(const std::string& node) const {
        return run(chat({{"--engine", "citus"},
                         {"--workers", "3"},
                         {"--kill", node},
                         {"--before", "1s"},
                         {"--during", "1500ms"},
                         {"--after", "1500ms"},
                         {"--interval", "100ms"},
                         {"--mix", "post=50,latest=50"}}));
    }

    /// Of intended starts from 200 ms after the crash to 200 ms before the restart.
    std::uint64_t sum_in_outage(const std::string& node, const std::string& operation,
                                const std::string& column) const {
        const auto from = moment("fault_confirmed", node) + 0.2;
        const auto to = moment("heal_started", node) - 0.3;
        std::uint64_t sum = 0;
        for (const auto& row : table("timeline.csv"))
            if (row["operation"] == operation && row["key_group"] == "all" &&
                row.number("elapsed_s") >= from && row.number("elapsed_s") < to)
                sum += row.count(column);
        return sum;
    }
};

TEST_F(CitusRunTest, WithoutTheFirstWorkerAllWritesStopAndReadsGoOn) {
    const auto finished = run_with_fault("worker1");
    ASSERT_EQ(finished.code, 0) << finished.all();
    expect_consistent_files();
    EXPECT_EQ(sum_in_outage("worker1", "post", "ok"), 0U);
    EXPECT_GT(sum_in_outage("worker1", "post", "failed"), 0U);
    EXPECT_GT(sum_in_outage("worker1", "latest", "ok"), 0U);
    EXPECT_EQ(sum_in_outage("worker1", "latest", "failed"), 0U);
    EXPECT_GT(summary("after", "post").count("ok"), 0U);
    expect_nothing_left();
}

TEST_F(CitusRunTest, WithoutTheSecondWorkerOnlyItsRoomsCannotBeWritten) {
    const auto finished = run_with_fault("worker2");
    ASSERT_EQ(finished.code, 0) << finished.all();
    expect_consistent_files();
    EXPECT_GT(sum_in_outage("worker2", "post", "ok"), 0U);
    EXPECT_GT(sum_in_outage("worker2", "post", "failed"), 0U);
    EXPECT_GT(sum_in_outage("worker2", "latest", "ok"), 0U);
    EXPECT_EQ(sum_in_outage("worker2", "latest", "failed"), 0U);
    expect_nothing_left();
}

TEST_F(CitusRunTest, SpatialIsLoadedAndVerifiedThere) {
    if (!find_local_postgres().has_postgis) GTEST_SKIP() << "PostGIS is not installed here";
    const auto finished =
        run(spatial({{"--engine", "citus"}, {"--replication", "2"}, {"--duration", "1s"}}));
    ASSERT_EQ(finished.code, 0) << finished.all();
    expect_consistent_files();
    EXPECT_EQ(summary("steady")["replication"], "2");
    EXPECT_EQ(summary("steady").count("ok"), summary("steady").count("scheduled"));
}

} // namespace
} // namespace citusbench
