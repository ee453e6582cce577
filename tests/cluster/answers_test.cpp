#include <gtest/gtest.h>

#include "support/verify_fixture.hpp"

namespace citusbench {
namespace {

/// Answers checked while the load runs: wrong ones are found, and right ones are not called wrong,
/// least of all while a node is down.
class AnswersTest : public test::VerifyFixture {
  protected:
    static test::Options with_crash(test::Options more) {
        more.insert({{"--check-answers", "100%"},
                     {"--kill", "worker1"},
                     {"--before", "1s"},
                     {"--during", "1s"},
                     {"--after", "1s"},
                     {"--timeout", "1s"},
                     {"--rate", "250"}});
        return more;
    }
    static test::Options spatial_reads(test::Options more = {}) {
        more.insert({{"--mix", "radius_in_region=3,radius=1,bbox_in_region=3,bbox=1,position=3,"
                               "nearest=1,geofence=1,insert=6,insert_10=1"}});
        return more;
    }
    static test::Options on_citus(test::Options more) {
        more["--engine"] = "citus";
        more["--workers"] = "3";
        return more;
    }

    test::CsvRow wrong_answers() const {
        for (const auto& row : table("verify.csv"))
            if (row["check"] == "wrong_answers") return row;
        throw std::runtime_error("no wrong_answers in verify.csv");
    }
    nlohmann::json checked() const {
        return nlohmann::json::parse(run_json())["client_cost"]["check_answers"];
    }

    /// Some of the answers were given while the node was down. Citus may have shown rows late that
    /// the crash left prepared: that is reported, and no wrong answer.
    void expect_all_right(const test::Finished& finished) const {
        ASSERT_EQ(finished.code, 0) << finished.all();
        EXPECT_EQ(wrong_answers()["verdict"], "pass");
        EXPECT_EQ(wrong_answers()["count"], "0");
        EXPECT_GT(summary("during", "read").count("ok"), 10U);
        EXPECT_EQ(checked()["wrong"], 0);
        EXPECT_GT(checked()["checked"].get<std::uint64_t>(), 50U);
        EXPECT_TRUE(finished.says("answers were checked, none was wrong")) << finished.out;
    }

    /// Reads go through a view that does not show row 7.
    void hide_a_row(const std::string& table) {
        on_entry(fmt::format("alter table citusbench.{0} rename to {0}_real; "
                             "create view citusbench.{0} as select * from citusbench.{0}_real "
                             "where id <> 7",
                             table));
    }
    /// What every read of `table` says then, whatever the verification says of the row.
    void expect_wrong(const test::Finished& finished) const {
        EXPECT_EQ(finished.code, 3) << finished.all();
        EXPECT_EQ(wrong_answers()["verdict"], "fail");
        EXPECT_GT(wrong_answers().count("count"), 0U);
        EXPECT_NE(wrong_answers()["detail"].find(" 7 is missing"), std::string::npos)
            << wrong_answers()["detail"];
        EXPECT_TRUE(finished.says("WRONG: of ")) << finished.out;
    }
};

TEST_F(AnswersTest, AViewThatDropsAVehicleIsCaughtWhileTheLoadRuns) {
    dsn_ = cluster_up();
    ASSERT_EQ(run(spatial({{"--dsn", dsn_}, {"--init", "only"}})).code, 0);
    hide_a_row("vehicle_locations");
    expect_wrong(run(spatial({{"--dsn", dsn_},
                              {"--duration", "2s"},
                              {"--radius", "20000000"},
                              {"--mix", "radius=1,insert=1"},
                              {"--check-answers", "100%"}})));
}

TEST_F(AnswersTest, AViewThatDropsAMessageIsCaughtWithoutAnyOtherVerification) {
    dsn_ = cluster_up();
    ASSERT_EQ(run(chat({{"--dsn", dsn_}, {"--init", "only"}})).code, 0);
    hide_a_row("messages");
    expect_wrong(run(chat({{"--dsn", dsn_},
                           {"--duration", "1s"},
                           {"--mix", "latest=1"},
                           {"--no-verify", ""},
                           {"--check-answers", "100%"}})));
    EXPECT_EQ(table("verify.csv").size(), 2U);
    // Judging the run again cannot see the answers, but does not forget them.
    folder_ = newest_results();
    on_entry("drop view citusbench.messages; "
             "alter table citusbench.messages_real rename to messages");
    EXPECT_EQ(verify_again().code, 3);
    EXPECT_EQ(check("lost")["verdict"], "pass");
    EXPECT_EQ(check("wrong_answers")["verdict"], "fail");
}

TEST_F(AnswersTest, NothingIsCheckedWhereThatIsOff) {
    const auto finished = run(chat({{"--duration", "300ms"}, {"--check-answers", "off"}}));
    ASSERT_EQ(finished.code, 0) << finished.all();
    EXPECT_EQ(wrong_answers()["verdict"], "skipped");
    EXPECT_EQ(checked()["checked"], 0);
}

TEST_F(AnswersTest, ChatAnswersAreRightWhileAWorkerIsDown) {
    expect_all_right(
        run(chat(with_crash({{"--mix", "post=4,latest=3,unread=2,page=1,mark_read=1,edit=1,"
                                       "delete=1"}}))));
}

TEST_F(AnswersTest, SpatialAnswersAreRightWhileAWorkerIsDown) {
    expect_all_right(run(spatial(with_crash(spatial_reads()))));
}

TEST_F(AnswersTest, OnCitusChatAnswersAreRightWhileAWorkerIsDown) {
    if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    expect_all_right(run(chat(on_citus(with_crash({{"--mix", "post=4,latest=3,unread=2"}})))));
}

TEST_F(AnswersTest, OnCitusSpatialAnswersAreRightWhileAWorkerIsDown) {
    if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    expect_all_right(run(spatial(on_citus(with_crash(spatial_reads())))));
}

} // namespace
} // namespace citusbench
