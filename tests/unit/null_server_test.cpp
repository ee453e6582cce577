#include "support/null_server.hpp"

#include <gtest/gtest.h>

#include "support/null_load.hpp"
#include "support/pipeline_driver.hpp"

namespace citusbench::test {
namespace {

using namespace std::chrono_literals;

const std::vector<pg::Statement> one_statement{{"s0", "select $1::int4"}};

struct ConnectionDeleter {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
using Connection = std::unique_ptr<PGconn, ConnectionDeleter>;

Connection connect(const NullServer& server, const std::string& more = "") {
    return Connection(PQconnectdb((server.conninfo() + more).c_str()));
}

TEST(NullServer, IsAServerToLibpqAlsoWhereTlsIsAskedFor) {
    NullServer server;
    const auto connection = connect(server, " sslmode=prefer gssencmode=prefer");
    ASSERT_EQ(PQstatus(connection.get()), CONNECTION_OK) << PQerrorMessage(connection.get());
    EXPECT_EQ(PQserverVersion(connection.get()), 150000);
    const pg::Result row(PQexec(connection.get(), "select 1"));
    ASSERT_EQ(PQresultStatus(row.get()), PGRES_TUPLES_OK);
    EXPECT_STREQ(PQgetvalue(row.get(), 0, 0), "1");
    const pg::Result none(PQexec(connection.get(), "set a = b"));
    EXPECT_EQ(PQresultStatus(none.get()), PGRES_COMMAND_OK);
    const pg::Result empty(PQexec(connection.get(), ""));
    EXPECT_EQ(PQresultStatus(empty.get()), PGRES_EMPTY_QUERY);
    EXPECT_EQ(server.counts().operations, 3U);
}

TEST(NullServer, AnswersPreparedStatementsWithTextParametersAndTheirDescription) {
    NullServer server;
    const auto connection = connect(server);
    const pg::Result prepared(PQprepare(connection.get(), "s", "select $1::int4", 0, nullptr));
    EXPECT_EQ(PQresultStatus(prepared.get()), PGRES_COMMAND_OK);
    const pg::Result described(PQdescribePrepared(connection.get(), "s"));
    EXPECT_EQ(PQnparams(described.get()), 1);
    const char* value = "17";
    const pg::Result row(PQexecPrepared(connection.get(), "s", 1, &value, nullptr, nullptr, 0));
    ASSERT_EQ(PQresultStatus(row.get()), PGRES_TUPLES_OK) << PQerrorMessage(connection.get());
    EXPECT_STREQ(PQgetvalue(row.get(), 0, 0), "1");
}

TEST(NullServer, ACancelRequestIsCountedAndClosed) {
    NullServer server;
    const auto connection = connect(server);
    char error[256];
    auto* cancel = PQgetCancel(connection.get());
    EXPECT_EQ(PQcancel(cancel, error, sizeof error), 1) << error;
    PQfreeCancel(cancel);
    EXPECT_EQ(server.counts().cancels, 1U);
}

TEST(NullServer, AnErrorAbortsTheRestOfItsBatchAndNothingAfterTheSync) {
    NullScript script;
    script.error_every = 2;
    NullServer server(script);
    PipelineDriver driver(8);
    ASSERT_TRUE(driver.open(server.conninfo(), one_statement)) << driver.pipeline.failure();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(driver.send(0, {i}));
    ASSERT_TRUE(driver.pipeline.sync());
    ASSERT_TRUE(driver.send(0, {3}));
    ASSERT_TRUE(driver.pipeline.sync());
    ASSERT_TRUE(driver.until_answers(4));
    EXPECT_EQ(driver.answers[1].sqlstate, null_sqlstate);
    EXPECT_EQ(driver.answers[2].completion_kind, pg::CompletionKind::pipeline_aborted);
    EXPECT_TRUE(driver.answers[3].ok);
    EXPECT_EQ(driver.answers[3].rows, 1U);
    EXPECT_EQ(server.counts().errors, 1U);
    EXPECT_EQ(server.counts().operations, 3U) << "what an error aborted is no operation";
}

TEST(NullServer, AnswersAreInOrderAndNotBeforeTheirDelay) {
    NullScript script;
    script.slow_delay = 20'000'000;
    script.slow_every = 2;
    script.slow_by_parameter = true;
    script.remembered = 100;
    NullServer server(script);
    PipelineDriver driver(100);
    ASSERT_TRUE(driver.open(server.conninfo(), one_statement)) << driver.pipeline.failure();
    for (int i = 0; i < 100; ++i) {
        ASSERT_TRUE(driver.send(0, {i}));
        ASSERT_TRUE(driver.pipeline.sync());
    }
    ASSERT_TRUE(driver.until_answers(100));
    server.stop();
    ASSERT_EQ(server.answers().size(), 100U);
    std::int64_t number = 0;
    for (const auto& answer : server.answers()) {
        EXPECT_EQ(answer.parameter, number);
        EXPECT_GE(answer.answered - answer.arrived,
                  script.delay_of(static_cast<std::uint64_t>(number)));
        ++number;
    }
}

TEST(NullServer, DropsEveryConnectionRefusesForAWhileAndListensAgain) {
    NullServer server;
    PipelineDriver driver(1);
    ASSERT_TRUE(driver.open(server.conninfo(), one_statement));
    const auto at = now_ticks() + 20'000'000;
    server.drop_all(at, 200'000'000);
    ASSERT_TRUE(driver.until_closed());
    EXPECT_GE(now_ticks(), at);
    const auto refused = connect(server);
    EXPECT_NE(std::string(PQerrorMessage(refused.get())).find("refused"), std::string::npos);
    Connection again;
    while (!again || PQstatus(again.get()) != CONNECTION_OK) {
        ASSERT_LT(now_ticks(), at + 5'000'000'000);
        again = connect(server);
    }
    EXPECT_GE(now_ticks(), at + 200'000'000);
}

TEST(NullServer, AnswersALoadOfThreadsAndBatches) {
    NullServer server;
    NullLoad load;
    load.connections = 20;
    load.threads = 2;
    load.depth = 16;
    load.batch = 4;
    load.duration = 300ms;
    const auto run = run_null_load(server.conninfo(), load);
    server.stop();
    EXPECT_TRUE(run.stats().balanced());
    EXPECT_EQ(run.stats().count(Outcome::ok), run.stats().scheduled);
    EXPECT_EQ(run.stats().scheduled, server.counts().operations);
    EXPECT_EQ(run.stats().rows, server.counts().operations);
}

} // namespace
} // namespace citusbench::test
