#include "pg/client.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "pg/conninfo.hpp"
#include "support/measures_time.hpp"
#include "support/postgres_test.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;

class ClientTest : public test::PostgresTest {
  protected:
    std::string with(const std::string& keyword, const std::string& value) const {
        auto conninfo = pg::Conninfo::parse(conninfo_);
        conninfo.set(keyword, value);
        return conninfo.to_string();
    }

    /// The message of an attempt that must fail, and soon.
    static std::string refusal_at_once(const std::string& conninfo) {
        const auto begun = now_ticks();
        std::string message = "was let in";
        try {
            const pg::Client client(conninfo, test::no_stop);
        } catch (const RunError& error) {
            message = error.what();
        }
        EXPECT_LT(to_seconds(now_ticks() - begun), 1) << message;
        EXPECT_EQ(message.find('\n'), std::string::npos) << message;
        return message;
    }
};
MEASURES_TIME(ClientTest);

TEST_F(ClientTest, WaitsForAServerThatIsNotThereYet) {
    cluster_->kill({"coordinator"});
    std::jthread starter([&] {
        std::this_thread::sleep_for(300ms);
        cluster_->start_nodes({"coordinator"});
    });
    EXPECT_EQ(test::ask(conninfo_, "select 42"), "42");
}

TEST_F(ClientTest, GivesUpWhenItsTimeIsOver) {
    cluster_->kill({"coordinator"});
    const auto begun = now_ticks();
    EXPECT_THROW(pg::Client(conninfo_, test::no_stop, 300ms), RunError);
    EXPECT_NEAR(to_seconds(now_ticks() - begun), 0.25, 0.25);
    EXPECT_FALSE(pg::answers_query(conninfo_, 300ms));
}

TEST_F(ClientTest, AFrozenServerIsGivenUpToo) {
    cluster_->pause({"coordinator"});
    const auto begun = now_ticks();
    EXPECT_FALSE(pg::answers_query(conninfo_, 300ms));
    EXPECT_THROW(pg::Client(conninfo_, test::no_stop, 300ms), RunError);
    EXPECT_LT(to_seconds(now_ticks() - begun), 1.5);
    cluster_->resume({"coordinator"});
    EXPECT_TRUE(pg::answers_query(conninfo_, 5s));
}

TEST_F(ClientTest, APermanentErrorIsReportedAtOnce) {
    const auto wrong = refusal_at_once(with("password", "wrong-secret"));
    EXPECT_NE(wrong.find("password authentication failed"), std::string::npos) << wrong;
    EXPECT_EQ(wrong.find("wrong-secret"), std::string::npos) << wrong;
    const auto unknown = refusal_at_once(with("dbname", "atlantis"));
    EXPECT_NE(unknown.find("atlantis"), std::string::npos) << unknown;
}

TEST_F(ClientTest, AStopEndsALongQuerySoon) {
    StopFlag stop;
    pg::Client client(conninfo_, stop);
    std::jthread stopper([&] {
        std::this_thread::sleep_for(200ms);
        stop.request();
    });
    const auto begun = now_ticks();
    EXPECT_THROW(client.query("select pg_sleep(20)"), Interrupted);
    EXPECT_LT(to_seconds(now_ticks() - begun), 0.7);
    EXPECT_EQ(test::ask(conninfo_, "select count(*) from pg_stat_activity where state = 'active' "
                                   "and query like 'select pg_sleep%'"),
              "0")
        << "it went on at the server";
}

TEST_F(ClientTest, AStopWhileItWaitsForALockLeavesNothingBehindThatHappensLater) {
    pg::Client other(conninfo_, test::no_stop);
    other.query("create table public.locked ()");
    other.query("begin; lock table public.locked");
    StopFlag stop;
    pg::Client client(conninfo_, stop);
    std::jthread stopper([&] {
        std::this_thread::sleep_for(200ms);
        stop.request();
    });
    EXPECT_THROW(client.query("drop table public.locked"), Interrupted);
    other.query("commit");
    EXPECT_EQ(test::ask(conninfo_, "select count(*) from pg_class where relname = 'locked'"), "1");
}

TEST_F(ClientTest, AStopEndsTheWaitingForAServer) {
    cluster_->kill({"coordinator"});
    StopFlag stop;
    std::jthread stopper([&] {
        std::this_thread::sleep_for(200ms);
        stop.request();
    });
    const auto begun = now_ticks();
    EXPECT_THROW(pg::Client(conninfo_, stop), Interrupted);
    EXPECT_LT(to_seconds(now_ticks() - begun), 0.9);
}

TEST_F(ClientTest, AnErrorHasItsSqlstateAndTheConnectionStaysUsable) {
    pg::Client client(conninfo_, test::no_stop);
    try {
        client.query("select * from nowhere");
        FAIL() << "found nowhere";
    } catch (const pg::ServerError& error) {
        EXPECT_EQ(error.sqlstate(), "42P01");
    }
    EXPECT_EQ(client.query("select $1::int + 1", {"41"}).integer(0, 0), 42);
    EXPECT_EQ(client.query("select 1; select 2").integer(0, 0), 2);
}

TEST_F(ClientTest, ALostConnectionIsAnErrorWithoutSqlstate) {
    pg::Client client(conninfo_, test::no_stop);
    cluster_->kill({"coordinator"});
    try {
        client.query("select 1");
        FAIL() << "the server is gone";
    } catch (const pg::ServerError& error) {
        EXPECT_EQ(error.sqlstate(), "");
        EXPECT_STRNE(error.what(), "");
    }
}

TEST_F(ClientTest, CopiesMoreThanTheSocketHolds) {
    constexpr int rows = 20'000;
    pg::Client client(conninfo_, test::no_stop);
    client.query("create table big (id bigint, text text)");
    pg::CopyBuffer buffer;
    const std::string text(500, 'x');
    for (int i = 0; i < rows; ++i) {
        buffer.begin_row(2);
        buffer.add_int8(i);
        buffer.add_text(text);
    }
    client.copy_in("copy big from stdin (format binary)", buffer);
    EXPECT_EQ(client.query("select sum(id + length(text)) from big").integer(0, 0),
              std::int64_t{rows} * (rows - 1) / 2 + std::int64_t{rows} * 500);
}

TEST_F(ClientTest, ACopyThatTheServerRefusesIsAnError) {
    pg::Client client(conninfo_, test::no_stop);
    client.query("create table one (id bigint primary key)");
    pg::CopyBuffer buffer;
    for (int i = 0; i < 2; ++i) {
        buffer.begin_row(1);
        buffer.add_int8(7);
    }
    EXPECT_THROW(client.copy_in("copy one from stdin (format binary)", buffer), pg::ServerError);
    EXPECT_EQ(client.query("select count(*) from one").integer(0, 0), 0);
}

TEST(Quoting, NamesAndLiteralsSurviveTheServer) {
    EXPECT_EQ(pg::quote_identifier(R"(a"b)"), R"("a""b")");
    EXPECT_EQ(pg::quote_literal("it's"), "'it''s'");
}

} // namespace
} // namespace citusbench
