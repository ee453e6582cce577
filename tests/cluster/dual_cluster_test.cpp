// Two clusters that know nothing of each other; the application routes by key.
#include <gtest/gtest.h>

#include "support/verify_fixture.hpp"

namespace citusbench {
namespace {

class DualClusterTest : public test::VerifyFixture {
  protected:
    static test::Options dual(const test::Options& more) {
        test::Options options = {{"--topology", "dual-cluster"}, {"--shards", "4"}};
        for (const auto& [name, value] : more) options[name] = value;
        return options;
    }

    /// An open loop of single-room operations while nodes of a are killed.
    test::Options with_killed(const std::string& nodes, const test::Options& more = {}) const {
        test::Options options = {{"--kill", nodes},         {"--rate", "60"},
                                 {"--arrival", "constant"}, {"--before", "1s"},
                                 {"--during", "2s"},        {"--after", "1500ms"},
                                 {"--timeout", "1500ms"},   {"--by", "entry"}};
        for (const auto& [name, value] : more) options[name] = value;
        return dual(options);
    }

    std::string verdict_of(const std::string& check) const {
        for (const auto& row : table("verify.csv"))
            if (row["check"] == check) return row["verdict"];
        return "not checked";
    }

    /// b did not notice, a did.
    void expect_that_only_a_degraded() const {
        expect_consistent_files();
        for (const auto* phase : {"before", "during", "after"}) {
            const auto b = summary(phase, "all", "all", "b.coordinator");
            EXPECT_GT(b.count("scheduled"), 10U) << phase;
            EXPECT_EQ(b.count("ok"), b.count("scheduled")) << phase;
        }
        const auto a = summary("during", "all", "all", "a.coordinator");
        EXPECT_LT(a.count("ok"), a.count("scheduled"));
        const auto unaffected = summary("during", "all", "unaffected");
        EXPECT_EQ(unaffected.count("ok"), unaffected.count("scheduled"));
        // None where the crash met no operation in flight: the others were never sent.
        std::uint64_t sent_not_ok = 0;
        for (const auto* phase : {"before", "during", "after"}) {
            const auto all = summary(phase, "all");
            sent_not_ok += all.count("failed") + all.count("unknown");
        }
        const auto errors = table("errors.csv");
        EXPECT_EQ(errors.empty(), sent_not_ok == 0);
        for (const auto& row : errors) EXPECT_NE(row["node"], "b.coordinator");
        EXPECT_EQ(verdict_of("misrouted"), "pass");
    }

    void expect_gathered_answers(const test::Finished& finished,
                                 const std::vector<std::string>& operations) const {
        ASSERT_EQ(finished.code, 0) << finished.all();
        const auto checked =
            nlohmann::json::parse(run_json())["client_cost"]["check_answers"]["operations"];
        for (const auto& operation : operations) {
            EXPECT_GT(checked[operation]["checked"], 0) << operation;
            EXPECT_EQ(checked[operation]["wrong"], 0) << operation;
            EXPECT_GT(summary("steady", operation, "all", "every").count("ok"), 0U) << operation;
        }
        EXPECT_GT(summary("steady", "all", "all", "a.coordinator").count("ok"), 0U);
        EXPECT_GT(summary("steady", "all", "all", "b.coordinator").count("ok"), 0U);
    }

    test::Finished gathered_chat(const std::string& engine) const {
        return run(chat(dual({{"--engine", engine},
                              {"--mix", "post=4,latest=2,my_rooms=2,count_all=2"},
                              {"--check-answers", "100%"},
                              {"--duration", "2s"},
                              {"--by", "entry"}})));
    }

    /// Kept, loaded by a short run; --dsn of both, in the order of the clusters.
    void run_on_kept() {
        const auto up = run({"cluster", "up", "--topology", "dual-cluster", "--engine", "fdw",
                             "--workers", "1", "--shards", "4"});
        ASSERT_EQ(up.code, 0) << up.all();
        const auto finished = run(with_both({"--route", "hash"}));
        ASSERT_EQ(finished.code, 0) << finished.all();
        folder_ = newest_results();
    }
    test::Args with_both(const test::Args& more, bool turned = false) const {
        const auto kept = LocalCluster::open_kept(test::no_stop);
        const auto a = kept->conninfo(*kept->find("a.coordinator"));
        const auto b = kept->conninfo(*kept->find("b.coordinator"));
        auto args = chat({{"--dsn", turned ? b : a}, {"--duration", "300ms"}});
        args.insert(args.end(), {"--dsn", turned ? a : b});
        args.insert(args.end(), more.begin(), more.end());
        return args;
    }
};

TEST_F(DualClusterTest, AKilledCoordinatorTakesItsHalfOfTheRoomsAndNothingElse) {
    const auto finished = run(chat(with_killed("a.coordinator")));
    ASSERT_EQ(finished.code, 0) << finished.all();
    expect_that_only_a_degraded();
    // Nobody gets to the rooms of a without it.
    EXPECT_EQ(summary("during", "all", "affected").count("scheduled"),
              summary("during", "all", "all", "a.coordinator").count("scheduled"));
    expect_nothing_left();
}

TEST_F(DualClusterTest, ThreeKilledNodesOfAReachNothingOfB) {
    const auto finished = run(chat(with_killed("a.coordinator,a.worker1,a.worker2")));
    ASSERT_EQ(finished.code, 0) << finished.all();
    expect_that_only_a_degraded();
}

TEST_F(DualClusterTest, AKilledWorkerAffectsItsShardsOfItsClusterAlone) {
    const auto finished = run(chat(with_killed("a.worker1")));
    ASSERT_EQ(finished.code, 0) << finished.all();
    expect_that_only_a_degraded();
    const auto affected = summary("during", "all", "affected").count("scheduled");
    EXPECT_GT(affected, 0U);
    EXPECT_LT(affected, summary("during", "all", "all", "a.coordinator").count("scheduled"));
}

TEST_F(DualClusterTest, OnCitusKilledNodesOfAReachNothingOfB) {
    if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    const auto finished =
        run(chat(with_killed("a.coordinator,a.worker1,a.worker2",
                             {{"--engine", "citus"}, {"--workers", "3"}, {"--timeout", "3s"}})),
            120);
    ASSERT_EQ(finished.code, 0) << finished.all();
    const auto b = summary("during", "all", "all", "b.coordinator");
    EXPECT_EQ(b.count("ok"), b.count("scheduled"));
    const auto unaffected = summary("during", "all", "unaffected");
    EXPECT_EQ(unaffected.count("ok"), unaffected.count("scheduled"));
    expect_no_check_failed();
}

TEST_F(DualClusterTest, AnswersOfBothAreGatheredAndRight) {
    expect_gathered_answers(gathered_chat("fdw"), {"my_rooms", "count_all"});
}

TEST_F(DualClusterTest, OnCitusAnswersOfBothAreGatheredAndRight) {
    if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    expect_gathered_answers(gathered_chat("citus"), {"my_rooms", "count_all"});
}

TEST_F(DualClusterTest, PositionsOfBothAreGatheredAndRight) {
    if (!find_local_postgres().has_postgis) GTEST_SKIP() << "PostGIS is not installed here";
    const auto finished =
        run(spatial(dual({{"--mix", "radius=2,bbox=2,geofence=2,region_count=2,last_7_days=1,"
                                    "radius_in_region=2,insert=4"},
                          {"--check-answers", "100%"},
                          {"--duration", "3s"},
                          {"--by", "entry"}})));
    expect_gathered_answers(finished, {"radius", "bbox", "geofence", "region_count"});
}

TEST_F(DualClusterTest, AMisroutedRowIsFoundAndNamed) {
    run_on_kept();
    expect_green();
    // A message of a, moved to b as a router with another rule would have put it there.
    const auto id = on_node("a.coordinator", "select min(id) from citusbench.messages");
    const auto row = on_node(
        "a.coordinator",
        fmt::format("select format('%s, %s, %s, %s, %L, %s, %L, null, %L', room_id, id, sender_id, "
                    "message_type, text, status, is_deleted, created_at) from citusbench.messages "
                    "where id = {}",
                    id));
    on_node("a.coordinator", fmt::format("delete from citusbench.messages where id = {}", id));
    on_node("b.coordinator", fmt::format("insert into citusbench.messages (room_id, id, sender_id, "
                                         "message_type, text, status, is_deleted, "
                                         "parent_message_id, created_at) values ({})",
                                         row));
    expect_red({"misrouted", "lost"}, "MISROUTED: 1 row");
    EXPECT_TRUE(check("misrouted")["detail"].find("lies in cluster b") != std::string::npos)
        << check("misrouted")["detail"];
}

TEST_F(DualClusterTest, AKeptOneIsTakenInTheOrderOfItsClustersAndByHashAlone) {
    run_on_kept();
    const auto both = run(with_both({}));
    EXPECT_EQ(both.code, 2);
    EXPECT_TRUE(both.says("add --route hash")) << both.all();
    const auto turned = run(with_both({"--route", "hash"}, true));
    EXPECT_EQ(turned.code, 2);
    EXPECT_TRUE(turned.says("in the order of the clusters")) << turned.all();
    // The data are there, each part where it belongs.
    const auto again = run(with_both({"--route", "hash", "--init", "never"}));
    EXPECT_EQ(again.code, 0) << again.all();
    ASSERT_EQ(run({"cluster", "kill", "a.worker1"}).code, 0);
    EXPECT_TRUE(run({"cluster", "status"}).says("a.worker1"));
    ASSERT_EQ(run({"cluster", "heal"}).code, 0);
    EXPECT_EQ(run({"cluster", "status"}).code, 0);
    ASSERT_EQ(run({"cluster", "down"}).code, 0);
    expect_nothing_left();
}

TEST_F(DualClusterTest, ACapacityIsFoundWithANodeOfADown) {
    auto args = chat(dual({{"--workers", "1"},
                           {"--slo", "p50<20s"},
                           {"--rate", "30"},
                           {"--max-rate", "30"},
                           {"--duration", "300ms"},
                           {"--timeout", "30s"},
                           {"--down", "a.worker1"}}));
    args.insert(args.begin(), "capacity");
    const auto finished = run(args, 120);
    EXPECT_TRUE(finished.code == 0 || finished.code == 4) << finished.all();
    expect_no_check_failed();
    EXPECT_TRUE(finished.says("The set of 2 clusters of 1 worker each holds")) << finished.all();
}

} // namespace
} // namespace citusbench
