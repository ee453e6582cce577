#include <gtest/gtest.h>

#include <signal.h>

#include <thread>

#include <fmt/format.h>

#include "support/local_cluster.hpp"
#include "support/outcomes.hpp"
#include "support/state_folder.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;
using pg::CompletionKind;
using test::always_failed;
using test::always_unknown;
using test::expect_row;

/// Each row of the table of outcomes, as it happens on one PostgreSQL, with a look at what really
/// became of the write.
class OutcomesTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        state_ = new test::StateFolder;
        cluster_ = test::start_cluster(test::postgres_spec()).release();
        ask("create table parent (id bigint primary key); insert into parent values (1); "
            "create table gone (id bigint); "
            "create table t (id bigint primary key, v bigint, "
            " parent bigint references parent deferrable initially deferred); "
            // A write whose server then reports this error.
            "create function write_and_fail(id bigint, state text) returns void language plpgsql "
            "as $$ begin insert into t values (id); raise exception 'told' using errcode = state; "
            "end $$; select 1");
    }
    static void TearDownTestSuite() {
        delete cluster_;
        delete state_;
    }
    void SetUp() override { ask("truncate t; select 1"); }

    static std::string conninfo() { return cluster_->conninfo(cluster_->nodes().front()); }
    static std::string ask(const std::string& sql) { return test::ask(conninfo(), sql); }
    static std::string rows() {
        return ask("select coalesce(string_agg(id::text, ',' order by id), "
                   "'none') from t");
    }
    static bool eventually(const std::string& sql, const std::string& answer) {
        for (int i = 0; i < 400; ++i) {
            if (ask(sql) == answer) return true;
            std::this_thread::sleep_for(10ms);
        }
        return false;
    }

    /// Connects with these settings of the session.
    void open(const std::string& options = "") {
        auto settings = pg::Conninfo::parse(conninfo());
        settings.set("options", options);
        ASSERT_TRUE(driver_.open(
            settings.to_string(),
            {{"insert", "insert into t (id) values ($1)"},
             {"child", "insert into t (id, parent) values ($1, 2)"},
             {"by_zero", "insert into t (id) values ($1::bigint / ($1::bigint - $1::bigint))"},
             {"gone", "insert into gone (id) values ($1)"},
             {"late", "insert into t (id) select $1::bigint from pg_sleep(30)"},
             {"soon", "insert into t (id) select $1::bigint from pg_sleep(0.3)"},
             {"update", "update t set v = coalesce(v, 0) + 1 where id = $1"},
             {"told", "select write_and_fail($1::bigint, $2::text)"}}))
            << driver_.pipeline.failure();
    }
    static constexpr std::size_t insert = 0, child = 1, by_zero = 2, gone = 3, late = 4, soon = 5,
                                 update = 6, told = 7;

    /// Sends one write with a sync of its own.
    void begin(std::size_t statement, std::int64_t id) {
        ASSERT_TRUE(driver_.send(statement, {id}) && driver_.pipeline.sync());
    }
    test::Answer write(std::size_t statement, std::int64_t id) {
        driver_.answers.clear();
        begin(statement, id);
        EXPECT_TRUE(driver_.until_answers(1));
        return driver_.answers.empty() ? test::Answer{} : driver_.answers.front();
    }
    std::string backend() { return std::to_string(PQbackendPID(driver_.pipeline.get())); }
    bool is_asleep() {
        return eventually("select count(*) from pg_stat_activity where wait_event = 'PgSleep' and "
                          "pid = " +
                              backend(),
                          "1");
    }

    static inline test::StateFolder* state_ = nullptr;
    static inline LocalCluster* cluster_ = nullptr;
    test::PipelineDriver driver_{8};
};

TEST_F(OutcomesTest, AnAcknowledgedWriteIsThere) {
    open();
    EXPECT_TRUE(write(insert, 1).ok);
    EXPECT_EQ(rows(), "1");
}

TEST_F(OutcomesTest, AViolatedConstraintFailsAtTheStatementAndAtTheSync) {
    open();
    write(insert, 1);
    const auto twice = write(insert, 1);
    EXPECT_EQ(twice.sqlstate, "23505");
    expect_row(twice, always_failed);
    const auto deferred = write(child, 2);
    EXPECT_EQ(deferred.sqlstate, "23503");
    expect_row(deferred, always_failed);
    EXPECT_EQ(rows(), "1");
}

TEST_F(OutcomesTest, BadDataAndMissingTablesFail) {
    open();
    const auto bad = write(by_zero, 1);
    EXPECT_EQ(bad.sqlstate, "22012");
    expect_row(bad, always_failed);
    ask("alter table gone rename to elsewhere; select 1");
    const auto missing = write(gone, 1);
    ask("alter table elsewhere rename to gone; select 1");
    EXPECT_EQ(missing.sqlstate, "42P01");
    expect_row(missing, always_failed);
    EXPECT_EQ(ask("select count(*) from gone"), "0");
    EXPECT_EQ(rows(), "none");
}

TEST_F(OutcomesTest, ASerializationFailureFails) {
    ask("insert into t (id, v) values (1, 0); select 1");
    open("-c default_transaction_isolation=repeatable\\ read");
    pg::Client other(conninfo(), test::no_stop);
    other.query("begin; update t set v = 100 where id = 1");
    begin(update, 1);
    ASSERT_TRUE(
        eventually("select count(*) from pg_locks where not granted and pid = " + backend(), "1"));
    other.query("commit");
    ASSERT_TRUE(driver_.until_answers(1));
    EXPECT_EQ(driver_.answers[0].sqlstate, "40001");
    expect_row(driver_.answers[0], always_failed);
    EXPECT_EQ(ask("select v from t"), "100");
}

TEST_F(OutcomesTest, ADeadlockFailsTheWholeBatchOfItsVictim) {
    ask("insert into t (id, v) values (1, 0), (2, 0); select 1");
    open("-c deadlock_timeout=20ms");
    ASSERT_TRUE(driver_.send(update, {1}));
    PQsendFlushRequest(driver_.pipeline.get());
    PQflush(driver_.pipeline.get());
    driver_.turn();
    pg::Client other(conninfo(), test::no_stop);
    other.query("set deadlock_timeout = '1min'; begin; update t set v = 100 where id = 2");
    ASSERT_TRUE(PQsendQuery(other.get(), "update t set v = 100 where id = 1; commit"));
    PQflush(other.get());
    ASSERT_TRUE(eventually("select count(*) from pg_locks where not granted", "1"));
    begin(update, 2);
    ASSERT_TRUE(driver_.until_answers(2));
    EXPECT_EQ(driver_.answers[0].completion_kind, CompletionKind::batch_failed);
    expect_row(driver_.answers[0], test::open_where_statements_commit);
    EXPECT_EQ(driver_.answers[1].sqlstate, "40P01");
    expect_row(driver_.answers[1], always_failed);
    EXPECT_TRUE(eventually("select string_agg(v::text, ',') from t", "100,100"));
}

TEST_F(OutcomesTest, ALockThatIsNotAvailableFails) {
    open("-c lock_timeout=50ms");
    pg::Client other(conninfo(), test::no_stop);
    other.query("begin; lock table t");
    const auto answer = write(insert, 1);
    other.query("rollback");
    EXPECT_EQ(answer.sqlstate, "55P03");
    expect_row(answer, always_failed);
    EXPECT_EQ(rows(), "none");
}

TEST_F(OutcomesTest, ACancelledWriteIsOpenWhereAPlacementMayHaveCommitted) {
    open("-c statement_timeout=50ms");
    const auto timed_out = write(late, 1);
    EXPECT_EQ(timed_out.sqlstate, "57014");
    expect_row(timed_out, test::open_in_one_phase);
    open();
    driver_.answers.clear();
    begin(late, 2);
    ASSERT_TRUE(is_asleep());
    ask("select pg_cancel_backend(" + backend() + ")");
    ASSERT_TRUE(driver_.until_answers(1));
    EXPECT_EQ(driver_.answers[0].sqlstate, "57014");
    expect_row(driver_.answers[0], test::open_in_one_phase);
    EXPECT_EQ(rows(), "none");
}

TEST_F(OutcomesTest, AWriteWhoseBackEndIsTerminatedIsOpenWhereAPlacementMayHaveCommitted) {
    open();
    begin(late, 1);
    ASSERT_TRUE(is_asleep());
    ask("select pg_terminate_backend(" + backend() + ", 5000)");
    ASSERT_TRUE(driver_.until_closed());
    ASSERT_EQ(driver_.answers.size(), 1U);
    EXPECT_EQ(driver_.answers[0].sqlstate, "57P01");
    expect_row(driver_.answers[0], test::open_in_one_phase);
    EXPECT_EQ(rows(), "none");
}

TEST_F(OutcomesTest, WhatTheServerReportsOfItselfIsTakenByTheTable) {
    open();
    const auto report = [&](const char* sqlstate) {
        driver_.answers.clear();
        pg::Params params;
        params.add_int8(1);
        params.add_text(sqlstate);
        EXPECT_TRUE(driver_.pipeline.send(told, params) && driver_.pipeline.sync() &&
                    driver_.until_answers(1));
        EXPECT_EQ(driver_.answers.at(0).sqlstate, sqlstate);
        return driver_.answers.at(0);
    };
    for (const auto* state : {"08000", "08003", "08006", "57P02", "XX000"})
        expect_row(report(state), test::open_in_one_phase);
    for (const auto* state : {"08007", "40003"}) expect_row(report(state), always_unknown);
    for (const auto* state : {"08001", "08004", "57P03", "22P02", "23514", "42501", "53100",
                              "53200", "53300", "25006", "0A000"})
        expect_row(report(state), always_failed);
    EXPECT_EQ(rows(), "none");
}

TEST_F(OutcomesTest, AnErrorInTheMiddleOfABatchLeavesNothingOfItHere) {
    open();
    ASSERT_TRUE(driver_.send(insert, {1}) && driver_.send(insert, {2}) &&
                driver_.send(insert, {2}) && driver_.send(insert, {3}) && driver_.pipeline.sync());
    ASSERT_TRUE(driver_.until_answers(4));
    expect_row(driver_.answers[0], test::open_where_statements_commit);
    expect_row(driver_.answers[1], test::open_where_statements_commit);
    expect_row(driver_.answers[2], always_failed);
    EXPECT_EQ(driver_.answers[3].completion_kind, CompletionKind::pipeline_aborted);
    expect_row(driver_.answers[3], always_failed);
    EXPECT_EQ(rows(), "none");
}

TEST_F(OutcomesTest, ABatchWhoseCommitFailsLeavesNothingOfItHere) {
    open();
    ASSERT_TRUE(driver_.send(insert, {1}) && driver_.send(child, {2}) && driver_.pipeline.sync());
    ASSERT_TRUE(driver_.until_answers(2));
    for (const auto& answer : driver_.answers) {
        EXPECT_EQ(answer.completion_kind, CompletionKind::batch_failed);
        EXPECT_EQ(answer.sqlstate, "23503");
        expect_row(answer, test::open_where_statements_commit);
    }
    EXPECT_EQ(rows(), "none");
}

TEST_F(OutcomesTest, AConnectionLostAfterTheSendSaysNothingAboutTheWrite) {
    open();
    begin(late, 1);
    ASSERT_TRUE(is_asleep());
    ASSERT_EQ(kill(PQbackendPID(driver_.pipeline.get()), SIGKILL), 0);
    ASSERT_TRUE(driver_.until_closed());
    ASSERT_EQ(driver_.answers.size(), 1U);
    EXPECT_EQ(driver_.answers[0].completion_kind, CompletionKind::connection_lost);
    expect_row(driver_.answers[0], always_unknown);
    cluster_->start_nodes({"coordinator"}); // all back ends go down with one that crashed
    EXPECT_EQ(rows(), "none") << "this time it did not happen";
    open();
    driver_.answers.clear();
    begin(soon, 2);
    driver_.pipeline.abandon([&](const pg::Reply& reply) { driver_.keep(reply); });
    expect_row(driver_.answers.at(0), always_unknown);
    EXPECT_TRUE(eventually("select count(*) from t where id = 2", "1")) << "this time it did";
}

TEST_F(OutcomesTest, ADeadlineOfTheClientsSaysNothingAboutTheWrite) {
    expect_row(CompletionKind::deadline, "", always_unknown);
    open();
    begin(soon, 1);
    driver_.turn(20);
    EXPECT_TRUE(driver_.answers.empty()) << "the client gives up here";
    EXPECT_TRUE(eventually("select count(*) from t", "1")) << "and the server goes on";
}

} // namespace
} // namespace citusbench
