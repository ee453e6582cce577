#include "support/topology_fixture.hpp"

namespace citusbench {
namespace {

class SpatialHaTest : public test::TopologyFixture {
  protected:
    /// HAProxy sends everybody to the secondary while the primary is away, and nothing is lost.
    void expect_takeover(const std::string& engine, const std::string& fault) const {
        if (!find_local_postgres().has_postgis) GTEST_SKIP() << "PostGIS is not installed here";
        const auto finished = run(
            spatial(on("spatial-ha", engine, with_fault(fault + ":primary", {{"--during", "4s"}}))),
            90);
        ASSERT_EQ(finished.code, 0) << finished.all();
        expect_consistent_files();
        const auto gone = moment("fault_confirmed", "primary");
        EXPECT_LT(max_gap_after(gone), 3.5);
        EXPECT_GT(sum_within(gone + 3, moment("heal_started", "primary"), "ok"), 0U);
        EXPECT_GT(summary("after").count("ok"), 0U);
        expect_nothing_left();
    }
};

TEST_F(SpatialHaTest, TheSecondaryTakesOverFromACrashedPrimary) {
    expect_takeover("fdw", "crash");
}

/// It accepts connections and says nothing, which nginx would not notice.
TEST_F(SpatialHaTest, TheSecondaryTakesOverFromAPausedPrimary) {
    expect_takeover("fdw", "pause");
}

TEST_F(SpatialHaTest, OnCitusTheSecondaryTakesOverFromACrashedPrimary) {
    if (!has_citus()) GTEST_SKIP() << "Citus is not installed here";
    expect_takeover("citus", "crash");
}

TEST_F(SpatialHaTest, WhileThePrimaryIsWellAllClientsAreSentThere) {
    ASSERT_EQ(topology_up("spatial-ha", "fdw").code, 0);
    const auto kept = LocalCluster::open_kept(test::no_stop);
    const auto port = std::to_string(kept->find("primary")->port);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(test::ask(kept_conninfo_of("lb"), "show port"), port);
    EXPECT_EQ(run({"cluster", "kill", "lb"}).code, 0);
    EXPECT_EQ(run({"cluster", "status"}).code, 1);
    EXPECT_EQ(run({"cluster", "heal"}).code, 0);
    EXPECT_EQ(run({"cluster", "down"}).code, 0);
    expect_nothing_left();
}

} // namespace
} // namespace citusbench
