#include "pg/pipeline.hpp"

#include <gtest/gtest.h>

#include <thread>

#include <fmt/format.h>

#include "support/pipeline_driver.hpp"
#include "support/postgres_test.hpp"

namespace citusbench {
namespace {

using pg::CompletionKind;
using State = pg::Pipeline::State;

class PipelineTest : public test::PostgresTest {
  protected:
    void SetUp() override {
        PostgresTest::SetUp();
        ask("create table parent (id bigint primary key); insert into parent values (1); "
            "create table t (id bigint primary key, "
            " parent bigint references parent deferrable initially deferred, "
            " once bigint unique deferrable initially deferred); select 1");
    }

    std::string row_count() { return ask("select count(*) from t"); }

    void open() {
        ASSERT_TRUE(driver_.open(conninfo_, {{"insert", "insert into t (id) values ($1)"},
                                             {"child", "insert into t (id, parent) values ($1, 2)"},
                                             {"once", "insert into t (id, once) values ($1, 7)"},
                                             {"series", "select generate_series(1, $1::bigint)"},
                                             {"sleep", "select pg_sleep(30)"}}))
            << driver_.pipeline.failure();
    }

    static constexpr std::size_t insert = 0, child = 1, once = 2, series = 3, sleep = 4;

    void terminate() {
        ask(fmt::format("select pg_terminate_backend({}, 5000)",
                        PQbackendPID(driver_.pipeline.get())));
    }

    test::PipelineDriver driver_{8};
};

TEST_F(PipelineTest, AnOperationIsOkOnlyWhenItsSyncCame) {
    open();
    ASSERT_TRUE(driver_.send(insert, {1}));
    ASSERT_TRUE(driver_.send(insert, {2}));
    // What the server has to say without a sync: nothing is acknowledged, nothing is committed.
    PQsendFlushRequest(driver_.pipeline.get());
    PQflush(driver_.pipeline.get());
    for (int i = 0; i < 5; ++i) driver_.turn();
    EXPECT_TRUE(driver_.answers.empty());
    EXPECT_EQ(driver_.pipeline.in_flight(), 2U);
    EXPECT_EQ(row_count(), "0");
    ASSERT_TRUE(driver_.pipeline.sync());
    ASSERT_TRUE(driver_.until_answers(2));
    EXPECT_TRUE(driver_.answers[0].ok && driver_.answers[1].ok);
    EXPECT_EQ(row_count(), "2");
    EXPECT_EQ(driver_.pipeline.free(), 8U);
}

TEST_F(PipelineTest, AConstraintThatFailsAtTheCommitFailsTheOperation) {
    open();
    ASSERT_TRUE(driver_.send(child, {1}) && driver_.pipeline.sync());
    ASSERT_TRUE(driver_.until_answers(1));
    EXPECT_FALSE(driver_.answers[0].ok);
    EXPECT_EQ(driver_.answers[0].completion_kind, CompletionKind::error_result);
    EXPECT_EQ(driver_.answers[0].sqlstate, "23503");
    ASSERT_TRUE(driver_.send(once, {2}) && driver_.pipeline.sync());
    ASSERT_TRUE(driver_.send(once, {3}) && driver_.pipeline.sync());
    ASSERT_TRUE(driver_.until_answers(3));
    EXPECT_TRUE(driver_.answers[1].ok);
    EXPECT_FALSE(driver_.answers[2].ok);
    EXPECT_EQ(driver_.answers[2].sqlstate, "23505");
    EXPECT_EQ(row_count(), "1");
    ASSERT_TRUE(driver_.send(insert, {4}) && driver_.pipeline.sync());
    ASSERT_TRUE(driver_.until_answers(4));
    EXPECT_TRUE(driver_.answers[3].ok) << "the failed commit hangs on";
}

TEST_F(PipelineTest, ABatchWhoseCommitFailsFailsAsAWhole) {
    open();
    ASSERT_TRUE(driver_.send(insert, {1}) && driver_.send(child, {2}) && driver_.send(insert, {3}));
    ASSERT_TRUE(driver_.pipeline.sync());
    ASSERT_TRUE(driver_.until_answers(3));
    for (const auto& answer : driver_.answers) {
        EXPECT_FALSE(answer.ok);
        EXPECT_EQ(answer.sqlstate, "23503");
    }
    EXPECT_EQ(row_count(), "0");
}

TEST_F(PipelineTest, AnErrorInABatchIsToldApartFromWhatStandsBeforeAndBehindIt) {
    open();
    ASSERT_TRUE(driver_.send(insert, {1}) && driver_.send(insert, {2}) &&
                driver_.send(insert, {2}) && driver_.send(insert, {3}) &&
                driver_.pipeline.sync()); // the third repeats a key
    ASSERT_TRUE(driver_.send(insert, {5}) && driver_.pipeline.sync());
    ASSERT_TRUE(driver_.until_answers(5));
    const auto& answers = driver_.answers;
    EXPECT_EQ(answers[0].completion_kind, CompletionKind::batch_failed);
    EXPECT_EQ(answers[1].completion_kind, CompletionKind::batch_failed);
    EXPECT_EQ(answers[2].completion_kind, CompletionKind::error_result);
    EXPECT_EQ(answers[2].sqlstate, "23505");
    EXPECT_NE(answers[2].message.find("duplicate key"), std::string::npos);
    EXPECT_EQ(answers[3].completion_kind, CompletionKind::pipeline_aborted);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_FALSE(answers[i].ok) << i;
    EXPECT_TRUE(answers[4].ok) << "the next batch suffers";
    EXPECT_EQ(ask("select string_agg(id::text, ',') from t"), "5");
}

TEST_F(PipelineTest, AnswersComeInTheOrderOfTheSendWithTheirRows) {
    open();
    for (int round = 0; round < 50; ++round) {
        for (const std::int64_t rows : {3, 0, 200, 1})
            ASSERT_TRUE(driver_.send(series, {rows}) && driver_.pipeline.sync());
        ASSERT_TRUE(driver_.until_answers(4));
        std::vector<std::uint32_t> rows;
        for (const auto& answer : driver_.answers) rows.push_back(answer.ok ? answer.rows : 999);
        ASSERT_EQ(rows, (std::vector<std::uint32_t>{3, 0, 200, 1}));
        driver_.answers.clear();
    }
}

TEST_F(PipelineTest, ParametersArriveInBinaryAsTheyWereGiven) {
    ask("create table kinds (a smallint, b int, c bigint, d float8, e bool, f timestamptz, "
        "g text, h bytea); select 1");
    ASSERT_TRUE(driver_.open(
        conninfo_, {{"all", "insert into kinds values ($1, $2, $3, $4, $5, $6, $7, $8)"}}));
    pg::Params params;
    params.add_int2(-2);
    params.add_int4(-70'000);
    params.add_int8(-5'000'000'000);
    params.add_float8(0.1);
    params.add_bool(true);
    params.add_timestamp(1'700'000'000'123'456);
    params.add_text("é 'quoted'");
    const std::array<std::byte, 2> bytes = {std::byte{0}, std::byte{255}};
    params.add_bytes(bytes);
    ASSERT_TRUE(driver_.pipeline.send(0, params) && driver_.pipeline.sync());
    ASSERT_TRUE(driver_.until_answers(1));
    EXPECT_TRUE(driver_.answers[0].ok) << driver_.answers[0].message;
    EXPECT_EQ(ask("select concat_ws('|', a, b, c, d, e, f at time zone 'UTC', g, h) from kinds"),
              "-2|-70000|-5000000000|0.1|t|2023-11-14 22:13:20.123456|é 'quoted'|\\x00ff");
}

TEST_F(PipelineTest, ATerminatedConnectionSaysSoForTheOperationThatItRan) {
    open();
    ASSERT_TRUE(driver_.send(sleep) && driver_.pipeline.sync());
    ASSERT_TRUE(driver_.send(insert, {1}) && driver_.pipeline.sync());
    driver_.turn();
    terminate();
    ASSERT_TRUE(driver_.until_closed());
    ASSERT_EQ(driver_.answers.size(), 2U);
    EXPECT_EQ(driver_.answers[0].completion_kind, CompletionKind::error_result);
    EXPECT_EQ(driver_.answers[0].sqlstate, "57P01");
    EXPECT_EQ(driver_.answers[1].completion_kind, CompletionKind::connection_lost);
    EXPECT_EQ(driver_.pipeline.in_flight(), 0U);
    EXPECT_EQ(row_count(), "0");
}

TEST_F(PipelineTest, AnAcknowledgementThatArrivedWithTheEndOfTheConnectionCounts) {
    open();
    ASSERT_TRUE(driver_.send(insert, {1}) && driver_.pipeline.sync());
    ASSERT_TRUE(driver_.send(sleep) && driver_.pipeline.sync());
    for (int i = 0; i < 500 && row_count() != "1"; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    terminate(); // nothing has been read until here
    ASSERT_TRUE(driver_.until_closed());
    ASSERT_EQ(driver_.answers.size(), 2U);
    EXPECT_TRUE(driver_.answers[0].ok);
    EXPECT_FALSE(driver_.answers[1].ok);
}

TEST_F(PipelineTest, AKilledServerLosesTheConnection) {
    open();
    ASSERT_TRUE(driver_.send(sleep) && driver_.pipeline.sync());
    ASSERT_TRUE(driver_.send(insert, {1}) && driver_.send(insert, {2}) && driver_.pipeline.sync());
    driver_.turn();
    cluster_->kill({"coordinator"});
    ASSERT_TRUE(driver_.until_closed());
    ASSERT_EQ(driver_.answers.size(), 3U);
    for (const auto& answer : driver_.answers) {
        EXPECT_FALSE(answer.ok);
        EXPECT_EQ(answer.completion_kind, CompletionKind::connection_lost);
        EXPECT_EQ(answer.sqlstate, "");
        EXPECT_NE(answer.message, "");
    }
    EXPECT_FALSE(driver_.open(conninfo_, driver_.statements)) << "nobody listens any more";
    EXPECT_NE(driver_.pipeline.failure().find("refused"), std::string::npos)
        << driver_.pipeline.failure();
    EXPECT_EQ(driver_.pipeline.failure().find('\n'), std::string::npos);
    EXPECT_TRUE(driver_.is(State::closed));
    cluster_->start_nodes({"coordinator"});
    driver_.answers.clear();
    open(); // the same object again
    ASSERT_TRUE(driver_.send(insert, {3}) && driver_.pipeline.sync());
    ASSERT_TRUE(driver_.until_answers(1));
    EXPECT_TRUE(driver_.answers[0].ok);
}

TEST_F(PipelineTest, WhatTheOwnerGivesUpIsLost) {
    open();
    ASSERT_TRUE(driver_.send(sleep) && driver_.pipeline.sync());
    driver_.pipeline.abandon([&](const pg::Reply& reply) { driver_.keep(reply); });
    ASSERT_EQ(driver_.answers.size(), 1U);
    EXPECT_EQ(driver_.answers[0].completion_kind, CompletionKind::connection_lost);
    EXPECT_TRUE(driver_.is(State::closed));
    EXPECT_EQ(driver_.pipeline.socket(), -1);
}

TEST_F(PipelineTest, AServerThatTakesNoMoreConnectionsSaysWhy) {
    ask("create role crowd login password 'open' connection limit 0; select 1");
    auto conninfo = pg::Conninfo::parse(conninfo_);
    conninfo.set("user", "crowd");
    conninfo.set("password", "open");
    EXPECT_FALSE(driver_.open(conninfo.to_string(), {{"one", "select 1"}}));
    EXPECT_TRUE(driver_.is(State::closed));
    EXPECT_NE(driver_.pipeline.failure().find("too many connections"), std::string::npos)
        << driver_.pipeline.failure();
}

TEST_F(PipelineTest, AStatementThatCannotBePreparedClosesWithItsSqlstate) {
    EXPECT_FALSE(driver_.open(conninfo_, {{"one", "select 1"}, {"two", "select from nowhere"}}));
    EXPECT_TRUE(driver_.is(State::closed));
    EXPECT_EQ(driver_.pipeline.failure_sqlstate(), "42P01");
    EXPECT_NE(driver_.pipeline.failure().find("nowhere"), std::string::npos);
}

TEST_F(PipelineTest, AStatementWithoutTextIsNotPrepared) {
    EXPECT_TRUE(driver_.open(conninfo_, {{"none", ""}, {"one", "select 1"}}));
    ASSERT_TRUE(driver_.send(1) && driver_.pipeline.sync());
    ASSERT_TRUE(driver_.until_answers(1));
    EXPECT_TRUE(driver_.answers[0].ok);
}

} // namespace
} // namespace citusbench
