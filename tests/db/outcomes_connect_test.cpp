#include <gtest/gtest.h>

#include <thread>

#include <fmt/format.h>

#include "cluster/local/node_control.hpp"
#include "os/ports.hpp"
#include "os/run_command.hpp"
#include "os/server_user.hpp"
#include "support/outcomes.hpp"
#include "support/postgres_test.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;
using pg::CompletionKind;
using test::always_failed;
using test::expect_row;

/// Servers that cannot be reached, or take no write: nothing was sent, so nothing happened.
class OutcomesConnectTest : public test::PostgresTest {
  protected:
    void SetUp() override {
        PostgresTest::SetUp();
        ask("create table t (id bigint primary key); select 1");
    }
    void TearDown() override { kill_and_clean(standby_folder()); }

    bool open(const std::string& conninfo) {
        return driver_.open(conninfo, {{"insert", "insert into t (id) values ($1)"},
                                       {"count", "select count(*) from t"}});
    }
    void expect_not_sent(const std::string& part_of_message) {
        EXPECT_TRUE(driver_.is(pg::Pipeline::State::closed));
        EXPECT_EQ(driver_.pipeline.in_flight(), 0U);
        EXPECT_NE(driver_.pipeline.failure().find(part_of_message), std::string::npos)
            << driver_.pipeline.failure();
        expect_row(CompletionKind::not_sent, driver_.pipeline.failure_sqlstate(), always_failed);
    }

    std::filesystem::path standby_folder() const { return state_->path() / "standbys"; }

    /// A copy of the server that streams from it.
    void make_standby() {
        std::filesystem::create_directory(standby_folder());
        chown_to_server_user(standby_folder());
        Command copy;
        copy.args = {(find_local_postgres().bin_dir / "pg_basebackup").string(),
                     "--dbname=" + conninfo_,
                     "--pgdata=" + (standby_folder() / "standby").string(),
                     "--checkpoint=fast",
                     "--write-recovery-conf",
                     "--no-sync"};
        copy.directory = standby_folder();
        copy.log = standby_folder() / "copy.log";
        copy.as_server_user = true;
        run_all({copy}, test::no_stop);
        port_ = find_free_ports(1).front();
    }
    std::unique_ptr<ChildProcess> start_standby(const char* hot_standby) {
        Command command;
        command.args = {(find_local_postgres().bin_dir / "postgres").string(),
                        "-D",
                        (standby_folder() / "standby").string(),
                        "-c",
                        fmt::format("port={}", port_),
                        "-c",
                        fmt::format("hot_standby={}", hot_standby)};
        command.directory = standby_folder() / "standby";
        command.log = standby_folder() / "standby.log";
        command.as_server_user = true;
        return std::make_unique<ChildProcess>(command);
    }
    std::string standby_conninfo() const { return fmt::format("{} port={}", conninfo_, port_); }

    std::uint16_t port_ = 0;
    test::PipelineDriver driver_{8};
};

TEST_F(OutcomesConnectTest, AServerThatIsDownRefuses) {
    cluster_->kill({"coordinator"});
    EXPECT_FALSE(open(conninfo_));
    expect_not_sent("refused");
}

TEST_F(OutcomesConnectTest, AServerThatDiesBeforeTheSendGetsNothing) {
    ASSERT_TRUE(open(conninfo_));
    cluster_->kill({"coordinator"});
    ASSERT_TRUE(driver_.until_closed());
    EXPECT_TRUE(driver_.answers.empty());
    expect_not_sent("");
    cluster_->start_nodes({"coordinator"});
    EXPECT_EQ(ask("select count(*) from t"), "0");
}

TEST_F(OutcomesConnectTest, AServerThatDiesAfterTheSendLeavesWritesOpen) {
    ASSERT_TRUE(open(conninfo_));
    pg::Client other(conninfo_, test::no_stop);
    other.query("begin; lock table t");
    ASSERT_TRUE(driver_.send(0, {1}) && driver_.send(0, {2}) && driver_.pipeline.sync());
    driver_.turn(20);
    cluster_->kill({"coordinator"});
    ASSERT_TRUE(driver_.until_closed());
    ASSERT_EQ(driver_.answers.size(), 2U);
    for (const auto& answer : driver_.answers) {
        EXPECT_EQ(answer.completion_kind, CompletionKind::connection_lost);
        expect_row(answer, test::always_unknown);
    }
    cluster_->start_nodes({"coordinator"});
    EXPECT_EQ(ask("select count(*) from t"), "0");
}

TEST_F(OutcomesConnectTest, AFullServerRefuses) {
    ask("create role crowd login password 'open'; grant all on t to crowd; "
        "alter role crowd connection limit 1; select 1");
    auto conninfo = pg::Conninfo::parse(conninfo_);
    conninfo.set("user", "crowd");
    conninfo.set("password", "open");
    pg::Client first(conninfo.to_string(), test::no_stop);
    EXPECT_FALSE(open(conninfo.to_string()));
    expect_not_sent("too many connections"); // 53300, which libpq does not hand on
    EXPECT_EQ(ask("select count(*) from t"), "0");
}

TEST_F(OutcomesConnectTest, AServerThatTakesNoConnectionsYetAndAReadOnlyStandby) {
    make_standby();
    {
        const auto deaf = start_standby("off"); // answers with 57P03, as every server that starts
        for (int i = 0; i < 1000; ++i) {
            ASSERT_FALSE(open(standby_conninfo()));
            if (driver_.pipeline.failure().find("refused") == std::string::npos) break;
            std::this_thread::sleep_for(10ms);
        }
        expect_not_sent("the database system is");
    }
    kill_and_clean(standby_folder());
    const auto standby = start_standby("on");
    bool is_open = false;
    for (int i = 0; i < 1000 && !is_open; ++i) {
        is_open = open(standby_conninfo());
        std::this_thread::sleep_for(10ms);
    }
    ASSERT_TRUE(is_open) << driver_.pipeline.failure();
    ASSERT_TRUE(driver_.send(0, {1}) && driver_.pipeline.sync());
    ASSERT_TRUE(driver_.send(1) && driver_.pipeline.sync());
    ASSERT_TRUE(driver_.until_answers(2));
    EXPECT_EQ(driver_.answers[0].sqlstate, "25006");
    expect_row(driver_.answers[0], always_failed);
    EXPECT_TRUE(driver_.answers[1].ok) << "it can be read";
    EXPECT_EQ(ask("select count(*) from t"), "0");
}

} // namespace
} // namespace citusbench
