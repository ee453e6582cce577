#include <gtest/gtest.h>

#include "core/quantity.hpp"
#include "pg/conninfo.hpp"
#include "support/run_fixture.hpp"

namespace citusbench {
namespace {

using RunTest = test::RunFixture;

TEST_F(RunTest, WithoutAFaultEveryAcknowledgedRowIsInTheDatabase) {
    const auto finished = run(chat({{"--keep", ""}, {"--warmup", "500ms"}, {"--duration", "1s"}}));
    ASSERT_EQ(finished.code, 0) << finished.all();
    expect_consistent_files();
    const auto posts = total("post", "ok");
    EXPECT_GT(posts, summary("steady", "post").count("ok")) << "the warm-up writes, too";
    EXPECT_EQ(count_of_posts(kept_conninfo()), std::to_string(posts));
    EXPECT_TRUE(finished.says(format_count(posts) + " acknowledged messages")) << finished.all();
    EXPECT_NE(run_json().find("\"status\": \"complete\""), std::string::npos);
    EXPECT_EQ(run({"cluster", "down"}).code, 0);
    expect_nothing_left();
}

TEST_F(RunTest, AConstantRateIsScheduledExactly) {
    const auto finished =
        run(chat({{"--rate", "300"}, {"--arrival", "constant"}, {"--duration", "2s"}}));
    ASSERT_EQ(finished.code, 0) << finished.all();
    EXPECT_NEAR(summary("steady").number("scheduled"), 600, 1);
    expect_consistent_files();
    expect_nothing_left();
}

TEST_F(RunTest, ARateBeyondTheServerIsScheduledAllTheSame) {
    // One connection that waits for the statement of 50 ms cannot do a hundred in a second.
    const auto dsn = cluster_up();
    ASSERT_EQ(run(chat({{"--dsn", dsn}, {"--init", "only"}})).code, 0);
    test::ask(dsn, "create function slow() returns trigger language plpgsql as "
                   "'begin perform pg_sleep(0.05); return new; end'; "
                   "create trigger slow before insert on citusbench.messages for each row "
                   "execute function slow(); select 1");
    const auto finished = run(chat({{"--dsn", dsn},
                                    {"--connections", "1"},
                                    {"--mix", "post=1"},
                                    {"--rate", "100"},
                                    {"--arrival", "constant"},
                                    {"--duration", "1s"},
                                    {"--timeout", "500ms"}}));
    const auto all = summary("steady");
    EXPECT_NEAR(all.number("scheduled"), 100, 1);
    EXPECT_GT(all.count("skipped"), 20U) << finished.all();
    EXPECT_GT(all.number("response_p99_us"), 2 * all.number("service_p50_us"))
        << "the waiting is not counted";
    expect_consistent_files();
}

TEST_F(RunTest, ManyOperationsInFlightAndInABatchAreAllCountedAndFound) {
    for (const auto* batch : {"1", "8"}) {
        const auto finished = run(chat({{"--pipeline", "8"},
                                        {"--batch", batch},
                                        {"--threads", "2"},
                                        {"--keys", "zipf:0.9"},
                                        {"--duration", "1s"}}));
        ASSERT_EQ(finished.code, 0) << finished.all();
        expect_consistent_files();
        EXPECT_EQ(summary("steady").count("ok"), summary("steady").count("scheduled"));
        EXPECT_EQ(summary("steady")["batch"], batch);
    }
    expect_nothing_left();
}

TEST_F(RunTest, SpatialRunsAndIsVerified) {
    if (!find_local_postgres().has_postgis) GTEST_SKIP() << "PostGIS is not installed here";
    const auto finished = run(spatial({{"--duration", "1s"}}));
    ASSERT_EQ(finished.code, 0) << finished.all();
    expect_consistent_files();
    EXPECT_GT(summary("steady", "radius_in_region").count("ok"), 0U);
    EXPECT_GT(summary("steady", "insert").count("ok"), 0U);
    EXPECT_EQ(summary("steady").count("ok"), summary("steady").count("scheduled"));
}

TEST_F(RunTest, ASecondRunOnAKeptClusterUsesTheDataAndIsVerified) {
    const auto dsn = cluster_up();
    const auto first = run(chat({{"--dsn", dsn}, {"--duration", "500ms"}}));
    ASSERT_EQ(first.code, 0) << first.all();
    EXPECT_TRUE(first.says("loaded 400 rows")) << first.all();
    const auto first_posts = total("post", "ok");
    const auto second = run(chat({{"--dsn", dsn}, {"--duration", "500ms"}, {"--label", "z"}}));
    ASSERT_EQ(second.code, 0) << second.all();
    EXPECT_FALSE(second.says("loaded 400 rows")) << second.all();
    ASSERT_EQ(result_folders().size(), 2U);
    EXPECT_EQ(count_of_posts(dsn, 1), std::to_string(first_posts));
    EXPECT_EQ(count_of_posts(dsn, 2), std::to_string(total("post", "ok")));
    EXPECT_NE(run_json().find("\"run_number\": 2"), std::string::npos);
    EXPECT_NE(kept_conninfo(), "") << "the run removed a cluster that is not its own";
}

TEST_F(RunTest, AnExistingPostgresIsAnEntryPoint) {
    const auto cluster = test::start_cluster(test::postgres_spec());
    const auto dsn = cluster->conninfo(cluster->nodes().front());
    const auto finished =
        run(chat({{"--dsn", dsn}, {"--topology", "single"}, {"--duration", "500ms"}}));
    ASSERT_EQ(finished.code, 0) << finished.all();
    EXPECT_EQ(summary("steady")["topology"], "single");
    EXPECT_EQ(summary("steady")["engine"], "postgres");
    EXPECT_EQ(count_of_posts(dsn), std::to_string(total("post", "ok")));
}

TEST_F(RunTest, RowsThatVanishAreFoundOut) {
    const auto dsn = cluster_up();
    ASSERT_EQ(run(chat({{"--dsn", dsn}, {"--init", "only"}})).code, 0);
    // Acknowledged inserts that do nothing: what a lossy server would be.
    test::ask(dsn, "create function lose() returns trigger language plpgsql as "
                   "'begin return null; end'; "
                   "create trigger lose before insert on citusbench.messages for each row "
                   "execute function lose(); select 1");
    const auto finished = run(chat({{"--dsn", dsn}, {"--duration", "500ms"}}));
    EXPECT_EQ(finished.code, 3);
    EXPECT_TRUE(finished.says("LOST")) << finished.all();
}

TEST_F(RunTest, InitOnlyLoadsAndStops) {
    const auto dsn = cluster_up();
    const auto finished = run(chat({{"--dsn", dsn}, {"--init", "only"}}));
    EXPECT_EQ(finished.code, 0) << finished.all();
    EXPECT_EQ(test::ask(dsn, "select count(*) from citusbench.messages"), "250");
    EXPECT_TRUE(result_folders().empty());
}

TEST_F(RunTest, APasswordIsNeitherPrintedNorRecorded) {
    const auto cluster = test::start_cluster(test::postgres_spec());
    const auto dsn = cluster->conninfo(cluster->nodes().front());
    test::ask(dsn, "create role guest superuser login password 'sesame'; select 1");
    auto guest = pg::Conninfo::parse(dsn);
    guest.set("user", "guest");
    guest.set("password", "sesame");
    const auto finished = run(chat({{"--dsn", guest.to_string()}, {"--duration", "300ms"}}));
    ASSERT_EQ(finished.code, 0) << finished.all();
    EXPECT_FALSE(finished.says("sesame")) << finished.all();
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(newest_results())) {
        EXPECT_EQ(test::read_file(entry.path()).find("sesame"), std::string::npos) << entry.path();
        ++files;
    }
    EXPECT_GE(files, 5);
}

} // namespace
} // namespace citusbench
