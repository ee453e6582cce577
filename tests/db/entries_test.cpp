// Several entry points to real PostgreSQLs.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include <fmt/format.h>

#include "network/tcp_proxy.hpp"
#include "pg/conninfo.hpp"
#include "run/runner.hpp"
#include "support/local_cluster.hpp"
#include "support/null_load.hpp"
#include "support/state_folder.hpp"

namespace citusbench::test {
namespace {

using namespace std::chrono_literals;

class EntriesTest : public testing::Test {
    StateFolder state_;

  protected:
    static Plan plan_for(std::vector<std::string> dsns) {
        Plan plan;
        plan.warmup = Nanoseconds(0);
        plan.workload = std::make_shared<NullWorkload>();
        plan.weights = {1};
        plan.dsns = std::move(dsns);
        plan.connections = 4;
        plan.duration = 1s;
        plan.timeout = 2 * ticks_per_second;
        plan.interval = ticks_per_second;
        plan.verify = false;
        plan.by_entry = true;
        return plan;
    }
    /// Runs the plan and has `look` check what it yields, which is once.
    static void run(const Plan& plan, const SaveRecord& look) {
        std::vector<std::unique_ptr<Reporter>> reporters;
        int looks = 0;
        run_plan(plan, no_stop, reporters, "run", [&](const RunRecord& record) {
            ++looks;
            look(record);
        });
        EXPECT_EQ(looks, 1);
    }
    /// As libpq wants a password file: readable by its owner alone.
    static void write_private(const std::filesystem::path& file, const std::string& text) {
        std::ofstream(file) << text;
        std::filesystem::permissions(file, std::filesystem::perms::owner_read |
                                               std::filesystem::perms::owner_write);
    }
    static std::string read_all(const std::filesystem::path& file) {
        std::ifstream stream(file);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    static std::string through(const LocalCluster& cluster, std::uint16_t port) {
        auto node = cluster.nodes().front();
        node.port = port;
        return cluster.conninfo(node);
    }
};

TEST_F(EntriesTest, ConnectionsOfAnEntryThatGoesAwayWorkThroughTheOtherAndComeBack) {
    const auto cluster = start_cluster(postgres_spec());
    const auto& node = cluster->nodes().front();
    const TcpProxy::Address server{node.host, node.port};
    auto proxy = std::make_unique<TcpProxy>(TcpProxy::Address{"127.0.0.1", 0}, server);
    const auto port = proxy->port();
    auto plan = plan_for({through(*cluster, port), cluster->conninfo(node)});
    plan.duration = 5s;
    plan.arrival = Constant{200};
    plan.rate = 200;
    std::jthread breaker([&] {
        std::this_thread::sleep_for(1500ms);
        proxy.reset();
        std::this_thread::sleep_for(1s);
        proxy = std::make_unique<TcpProxy>(TcpProxy::Address{"127.0.0.1", port}, server);
    });
    run(plan, [&](const RunRecord& record) {
        const auto& stats = record.phases.at(0).operations.at(0);
        EXPECT_EQ(stats.scheduled, 1000U);
        EXPECT_EQ(stats.count(Outcome::skipped), 0U);
        EXPECT_LE(stats.count(Outcome::failed), 2U) << "what was on its way";
        std::string events;
        for (const auto& event : record.events)
            if (event.kind.starts_with("connection_"))
                events += event.kind + " " + event.subject + "\n";
        const auto first_name = "127.0.0.1:" + std::to_string(port);
        const auto other_name = "127.0.0.1:" + std::to_string(node.port);
        EXPECT_NE(events.find("connection_lost " + first_name), std::string::npos) << events;
        EXPECT_NE(events.find("connection_restored " + other_name), std::string::npos) << events;
        EXPECT_NE(events.find("connection_restored " + first_name), std::string::npos) << events;
    });
    breaker.join();
}

TEST_F(EntriesTest, SeveralHostsInOneStringAreAskedForTheOneThatTakesWrites) {
    const auto reader = start_cluster(postgres_spec());
    const auto writer = start_cluster(postgres_spec());
    pg::Client on_reader(reader->conninfo(reader->nodes().front()), no_stop);
    on_reader.query("alter system set default_transaction_read_only = on");
    on_reader.query("select pg_reload_conf()");
    const auto password_of = [](const LocalCluster& cluster) {
        return pg::Conninfo::parse(cluster.conninfo(cluster.nodes().front())).get("passfile");
    };
    // One string, one password file: that of the writer, with the reader's line behind.
    const auto passfile = writer->folder() / "both";
    const auto port_of = [](const LocalCluster& cluster) {
        return std::to_string(cluster.nodes().front().port);
    };
    const auto line = [&](const LocalCluster& cluster) {
        const auto all = read_all(password_of(cluster)); // *:*:*:*:PASSWORD
        return fmt::format("*:{}:*:*:{}", port_of(cluster), all.substr(all.rfind(':') + 1));
    };
    write_private(passfile, line(*reader) + line(*writer));
    auto dsn = pg::Conninfo::parse(writer->conninfo(writer->nodes().front()));
    dsn.set("host", "localhost,localhost");
    dsn.set("port", port_of(*reader) + "," + port_of(*writer));
    dsn.set("passfile", passfile.string());
    dsn.set("target_session_attrs", "read-write");
    run(plan_for({dsn.to_string()}), [&](const RunRecord& record) {
        const auto& stats = record.phases.at(0).operations.at(0);
        EXPECT_GT(stats.count(Outcome::ok), 0U);
        EXPECT_EQ(stats.count(Outcome::ok), stats.scheduled);
    });
    const auto marked = "select count(*) from pg_namespace where nspname = 'citusbench'";
    EXPECT_EQ(ask(writer->conninfo(writer->nodes().front()), marked), "1");
    EXPECT_EQ(ask(reader->conninfo(reader->nodes().front()), marked), "0");
}

} // namespace
} // namespace citusbench::test
