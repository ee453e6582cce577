#include <gtest/gtest.h>

#include "support/verify_fixture.hpp"

namespace citusbench {
namespace {

using test::first_id;

/// Each check goes red when what it guards is broken behind citusbench's back. On fdw partitions,
/// shard 0 lies on worker1.
class VerifyTest : public test::VerifyFixture {
  protected:
    VerifyTest() : VerifyFixture(shared_) {}
    static void SetUpTestSuite() { shared_ = std::make_shared<test::StateFolder>(); }
    static void TearDownTestSuite() {
        test::Program(shared_->path(), {"cluster", "down"}).finish(30);
        shared_.reset();
    }

    /// The suite's cluster with every node up and rows that nobody tampered with.
    void load() {
        if (kept_conninfo().empty()) cluster_up();
        ASSERT_EQ(run({"cluster", "heal"}).code, 0);
        ASSERT_EQ(run(chat({{"--dsn", kept_conninfo()}, {"--init", "only"}})).code, 0);
    }
    void start(const test::Options& more = {}) {
        load();
        run_chat(more);
    }

  private:
    static inline std::shared_ptr<test::StateFolder> shared_;
};

TEST_F(VerifyTest, AnUntouchedDatabaseIsCheckedAsGoodAgain) {
    start({{"--mix", "post=5,edit=3,delete=2,mark_read=3,latest=1"}});
    EXPECT_EQ(check("lost")["count"], "0");
    EXPECT_TRUE(std::filesystem::exists(folder_ / "ledger.bin"));
    expect_green();
    EXPECT_EQ(check("replicas_diverged")["verdict"], "skipped");
    EXPECT_EQ(check("replicas_diverged")["count"], "");
}

TEST_F(VerifyTest, ADeletedAcknowledgedRowIsLost) {
    start();
    const auto id = some_id();
    on_entry("delete from citusbench.messages where id = " + id);
    expect_red({"lost"}, "messages id " + id + " (run 1, operation");
    EXPECT_EQ(check("lost")["count"], "1");
}

TEST_F(VerifyTest, ADeletedLoadedRowIsLost) {
    start();
    on_entry("delete from citusbench.room_members where id = 7");
    expect_red({"lost"}, "room_members id 7 (loaded row, room_id 4, shard");
}

TEST_F(VerifyTest, ARowThatIsThereTwiceIsDuplicated) {
    start();
    on_node("worker1", fmt::format("alter table citusbench.messages_0 drop constraint "
                                   "messages_0_pkey; insert into citusbench.messages_0 select * "
                                   "from citusbench.messages_0 where id >= {} limit 1",
                                   first_id));
    expect_red({"duplicated"}, "DUPLICATED: 1 row");
}

TEST_F(VerifyTest, AChangedTextIsCorrupted) {
    start();
    const auto id = some_id();
    on_entry("update citusbench.messages set text = 'other' where id in (1, " + id + ")");
    expect_red({"corrupted"}, "text not as sent");
    EXPECT_EQ(check("corrupted")["count"], "2");
}

TEST_F(VerifyTest, ARowThatNobodyIssuedIsUnexpected) {
    start();
    on_entry(fmt::format("insert into citusbench.messages values "
                         "(1, {0} + (9999999::bigint << 7), 1, 0, 'x', 0, false, null, now()), "
                         "(1, {0} * 5, 1, 0, 'another run', 0, false, null, now()), "
                         "(1, 251, 1, 0, 'above the loaded ids', 0, false, null, now())",
                         first_id));
    expect_red({"unexpected"}, "no operation issued it");
    EXPECT_EQ(check("unexpected")["count"], "3");
}

TEST_F(VerifyTest, TheRowOfAFailedOperationIsUnexpected) {
    load();
    on_node("worker1", fmt::format("alter table citusbench.messages_0 add constraint full_disk "
                                   "check (id < {}) not valid",
                                   first_id));
    run_chat();
    ASSERT_GT(total("post", "failed"), 0U);
    on_node("worker1", "alter table citusbench.messages_0 drop constraint full_disk");
    on_entry(fmt::format("insert into citusbench.messages select 1, id, 1, 0, 'x', 0, false, null, "
                         "now() from (select {0} + (i << 7) as id from "
                         "generate_series(0::bigint, 1000) i) ids where not exists (select from "
                         "citusbench.messages m where m.id = ids.id) order by id limit 1",
                         first_id));
    expect_red({"unexpected"}, "its insert failed");
}

TEST_F(VerifyTest, AnUpdateThatIsGoneIsLostAndAnotherValueIsCorrupted) {
    start({{"--mix", "delete=1"}});
    const auto id = on_entry("select min(id) from citusbench.messages where is_deleted");
    on_entry("update citusbench.messages set is_deleted = false where id = " + id);
    expect_red({"lost"}, "an acknowledged update of is_deleted");
    on_entry("update citusbench.messages set is_deleted = true where id = " + id);
    on_entry("update citusbench.room_members set last_read_message_id = 77777 where id = 1");
    expect_red({"corrupted"}, "last_read_message_id as no operation wrote it");
}

TEST_F(VerifyTest, ANodeRestoredFromAnOlderCopyHasLostRows) {
    load();
    keep_copy("worker2");
    run_chat();
    restore_copy("worker2");
    expect_red({"lost"}, "on worker2)");
    EXPECT_GT(check("lost").count("count"), 20U);
}

TEST_F(VerifyTest, AfterASecondRunTheFirstOnesRowsAreStillChecked) {
    start({{"--mix", "post=3,edit=1"}});
    const auto first = folder_;
    run_chat({{"--mix", "post=3,edit=1"}, {"--label", "z"}});
    ASSERT_NE(folder_, first);
    expect_green();
    folder_ = first;
    expect_green();
    EXPECT_NE(check("unexpected")["detail"].find("rows of other runs not checked"),
              std::string::npos);
    on_entry(fmt::format("delete from citusbench.messages where id = (select max(id) from "
                         "citusbench.messages)"));
    expect_green(); // a row of the second run
    on_entry("delete from citusbench.messages where id = " + some_id());
    expect_red({"lost"}, "LOST: 1 acknowledged row");
}

TEST_F(VerifyTest, DataOutOfReachIsUnknownAndTheRunCanBeCheckedLater) {
    load();
    const auto finished = run(chat({{"--dsn", kept_conninfo()},
                                    {"--kill", "worker2"},
                                    {"--before", "500ms"},
                                    {"--during", "500ms"},
                                    {"--no-heal", ""}}));
    EXPECT_EQ(finished.code, 5) << finished.all();
    folder_ = newest_results();
    EXPECT_EQ(check("lost")["verdict"], "unknown");
    EXPECT_EQ(check("lost")["count"], "");
    EXPECT_NE(check("lost")["detail"].find("could not be finished"), std::string::npos);
    ASSERT_EQ(run({"cluster", "heal"}).code, 0);
    expect_green();
}

TEST_F(VerifyTest, WhatDoesNotFitIsRefusedInOneLine) {
    start();
    const auto refused = [&](const test::Args& args, const std::string& text) {
        const auto finished = run(args);
        EXPECT_EQ(finished.code, 2) << finished.all();
        EXPECT_TRUE(finished.says(text)) << finished.all();
    };
    refused({"--verify-only", "no/such/run"}, "it has no run.json");
    refused({"--verify-only", folder_.string(), "--workload", "chat"}, "--workload: --verify-only");
    refused({"--verify-only", folder_.string(), "--duration", "5s"}, "--duration: --verify-only");
    ASSERT_EQ(run(chat({{"--dsn", dsn_}, {"--seed", "2"}, {"--init", "only"}})).code, 0);
    refused({"--verify-only", folder_.string()}, "holds seed 2");
    ASSERT_EQ(run(chat({{"--dsn", dsn_}, {"--init", "only"}})).code, 0);
    refused({"--verify-only", folder_.string()}, "loaded again");
    ASSERT_EQ(run({"cluster", "down"}).code, 0);
    refused({"--verify-only", folder_.string()}, "name the run's database with --dsn");
}

TEST_F(VerifyTest, SpatialRowsOfLargeInsertsAreCheckedOneByOne) {
    if (!find_local_postgres().has_postgis) GTEST_SKIP() << "PostGIS is not installed here";
    load();
    dsn_ = kept_conninfo();
    for (const auto* schema : {"tuned", "seed"}) {
        const auto finished = run(spatial({{"--dsn", dsn_},
                                           {"--schema", schema},
                                           {"--mix", "insert=5,insert_10=3,insert_100=1"},
                                           {"--duration", "300ms"},
                                           {"--label", schema}}));
        ASSERT_EQ(finished.code, 0) << finished.all();
    }
    folder_ = result_folders().front();
    if (folder_.string().find("seed") == std::string::npos) folder_ = result_folders().back();
    const auto table = std::string("citusbench.vehicle_locations");
    const auto id = on_entry(
        fmt::format("select min(id) from {} where id % 128 = 7 and id > {}", table, first_id));
    on_entry(fmt::format("insert into {0} select * from {0} where id = {1}", table, id));
    on_entry(fmt::format("delete from {} where id = {} + 1", table, id));
    on_entry(fmt::format("update {} set location = st_setsrid(st_makepoint(0, 0), 4326) where id = "
                         "{} - 1",
                         table, id));
    expect_red({"lost", "duplicated", "corrupted"}, "location not as sent");
    EXPECT_NE(check("lost")["detail"].find(", row 9, region_code "), std::string::npos)
        << check("lost")["detail"];
}

} // namespace
} // namespace citusbench
