#include <gtest/gtest.h>

#include <set>

#include <nlohmann/json.hpp>

#include "support/run_fixture.hpp"

namespace citusbench {
namespace {

/// monitor.csv of whole runs.
class MonitorRunTest : public test::RunFixture {
  protected:
    /// Values by node and metric, in the order of time.
    std::vector<double> values(const std::string& node, const std::string& metric) const {
        std::vector<double> found;
        for (const auto& row : table("monitor.csv"))
            if (row["node"] == node && row["metric"] == metric)
                found.push_back(row.number("value"));
        return found;
    }
    std::set<std::string> metrics_of(const std::string& node, double from, double to) const {
        std::set<std::string> names;
        for (const auto& row : table("monitor.csv"))
            if (row["node"] == node && row.number("elapsed_s") > from &&
                row.number("elapsed_s") < to)
                names.insert(row["metric"]);
        return names;
    }
    bool has_monitor() const { return std::filesystem::exists(newest_results() / "monitor.csv"); }
};

class MonitorCitusRunTest : public MonitorRunTest {
  protected:
    void SetUp() override {
        if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    }
};

TEST_F(MonitorRunTest, APausedNodeIsNotUpAndDelaysNobodyElse) {
    const auto finished = run(chat({{"--fault", "pause:worker2"},
                                    {"--before", "2s"},
                                    {"--during", "3s"},
                                    {"--after", "2s"},
                                    {"--timeout", "1s"}}));
    ASSERT_EQ(finished.code, 0) << finished.all();
    const auto up = values("worker2", "up");
    ASSERT_GE(up.size(), 6U);
    EXPECT_EQ(up.front(), 1);
    EXPECT_EQ(up.back(), 1);
    EXPECT_GE(std::count(up.begin(), up.end(), 0), 2);
    EXPECT_EQ(values("worker1", "up").size(), up.size());
    EXPECT_EQ(values("coordinator", "up"), std::vector<double>(up.size(), 1));
    // While it is paused, nothing else is known of it.
    EXPECT_EQ(metrics_of("worker2", moment("fault_confirmed", "worker2") + 0.1,
                         moment("heal_started", "worker2") - 0.1),
              std::set<std::string>{"up"});
    EXPECT_GT(values("worker2", "connections_idle").size(), 2U);
    EXPECT_GT(values("coordinator", "commits").back(), values("coordinator", "commits").front());
    const auto json = nlohmann::json::parse(run_json());
    EXPECT_EQ(json["monitor"]["missed"], 0);
    EXPECT_EQ(json["monitor"]["samples"], up.size());
    EXPECT_LT(json["monitor"]["client_cpu_s"].get<double>(), 0.01 * static_cast<double>(up.size()));
}

TEST_F(MonitorRunTest, ItIsSavedAfterCtrlCAndLeftOutWhereItIsOff) {
    test::Program interrupted(work_, chat({{"--duration", "60s"}, {"--interval", "500ms"}}));
    ASSERT_TRUE(interrupted.wait_for("[2/60 s]"));
    interrupted.send(SIGINT);
    EXPECT_EQ(interrupted.finish(20).code, 130);
    ASSERT_TRUE(has_monitor());
    EXPECT_GE(values("coordinator", "up").size(), 2U);
    ASSERT_EQ(run(chat({{"--duration", "200ms"}, {"--no-monitor", ""}})).code, 0);
    EXPECT_FALSE(has_monitor());
}

TEST_F(MonitorRunTest, ADatabaseThatCitusbenchDoesNotControlIsSampledThroughItsEntry) {
    const auto cluster = test::start_cluster(test::postgres_spec());
    const auto dsn = cluster->conninfo(cluster->nodes().front());
    ASSERT_EQ(run(chat({{"--dsn", dsn}, {"--duration", "1s"}})).code, 0);
    const auto node = table("monitor.csv").front()["node"];
    EXPECT_EQ(node, fmt::format("127.0.0.1:{}", cluster->nodes().front().port));
    EXPECT_GT(values(node, "connections_active").front() + values(node, "connections_idle").front(),
              0);
    EXPECT_GT(values(node, "database_bytes").front(), 1e6);
}

TEST_F(MonitorCitusRunTest, PlacementsAndDisabledNodesAreSeen) {
    const auto finished = run(chat({{"--engine", "citus"},
                                    {"--workers", "3"},
                                    {"--kill", "worker2"},
                                    {"--operator", "disable:500ms"},
                                    {"--before", "1s"},
                                    {"--during", "3s"},
                                    {"--after", "4s"}}),
                              120);
    ASSERT_EQ(finished.code, 0) << finished.all();
    const auto active = values("worker2", "citus_active");
    EXPECT_EQ(active.front(), 1);
    EXPECT_EQ(*std::min_element(active.begin(), active.end()), 0);
    const auto lacking = values("coordinator", "shards_under_replicated");
    EXPECT_EQ(lacking.front(), 0);
    EXPECT_GT(*std::max_element(lacking.begin(), lacking.end()), 0);
    double copies = 0;
    for (const auto* worker : {"worker1", "worker2", "worker3"})
        copies += values(worker, "citus_placements").front();
    EXPECT_EQ(copies, 3 * 8 * 2) << "three tables of eight shards, two copies each";
}

} // namespace
} // namespace citusbench
