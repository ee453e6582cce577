#include <gtest/gtest.h>

#include <map>

#include "observe/node_sampler.hpp"
#include "os/ports.hpp"
#include "os/run_command.hpp"
#include "support/local_cluster.hpp"
#include "support/measures_time.hpp"
#include "support/state_folder.hpp"

namespace citusbench {
namespace {

/// A primary and a standby of it.
class ReplicationSamplerTest : public testing::Test {
  protected:
    ReplicationSamplerTest() {
        const auto& primary = cluster_->nodes().front();
        Command copy;
        copy.args = {(postgres_.bin_dir / "pg_basebackup").string(), "--write-recovery-conf",
                     "--checkpoint=fast", "--pgdata=" + folder_.string(),
                     "--dbname=" + cluster_->conninfo(primary)};
        copy.directory = folder_.parent_path();
        copy.log = folder_.string() + ".log";
        copy.as_server_user = true;
        run_all({copy}, test::no_stop);
        auto standby = primary;
        standby.name = "standby";
        standby.port = find_free_ports(1).front();
        Command start;
        start.args = {(postgres_.bin_dir / "postgres").string(), "-D", folder_.string(), "-c",
                      "port=" + std::to_string(standby.port)};
        start.directory = folder_;
        start.log = copy.log;
        start.as_server_user = true;
        server_ = std::make_unique<ChildProcess>(start);
        observed_.nodes = {{primary, cluster_->conninfo(primary), ""},
                           {standby, cluster_->conninfo(standby), ""}};
        for (const auto& node : observed_.nodes) samplers_.push_back(make_sampler(node, observed_));
        pg::Client(observed_.nodes[1].conninfo, test::no_stop); // waits for it
    }

    /// What a node says of itself; `up` where it answers at all.
    std::map<std::string, double> sample(std::size_t node) {
        auto* query = &samplers_[node]->begin(number_++);
        poll_until(std::span(&query, 1), now_ticks() + 2'000'000'000, -1);
        std::map<std::string, double> values;
        for (const auto& value : samplers_[node]->end()) values[value.metric] = value.value;
        return values;
    }
    void on(std::size_t node, const std::string& sql) const {
        pg::Client(observed_.nodes[node].conninfo, test::no_stop).query(sql);
    }
    /// Samples until `metric` fulfils `is_there`, for at most ten seconds.
    template <typename Condition>
    bool becomes(std::size_t node, const std::string& metric, Condition is_there) {
        for (int i = 0; i < 200; ++i) {
            const auto values = sample(node);
            if (values.contains(metric) && is_there(values.at(metric))) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        return false;
    }

    test::StateFolder state_;
    LocalPostgres postgres_ = find_local_postgres();
    std::unique_ptr<LocalCluster> cluster_ = test::start_cluster(test::postgres_spec());
    std::filesystem::path folder_ = cluster_->folder() / "server" / "standby";
    std::unique_ptr<ChildProcess> server_;
    MonitoredCluster observed_;
    std::vector<std::unique_ptr<NodeSampler>> samplers_;
    std::uint64_t number_ = 0;
};
MEASURES_TIME(ReplicationSamplerTest);

TEST_F(ReplicationSamplerTest, TheLagOfAStandbyIsSeenOnBothSides) {
    const auto none = [](double value) { return value == 0; };
    const auto some = [](double value) { return value > 100'000; };
    on(0, "create table first_of_all ()"); // a standby's lag counts from what it replayed
    EXPECT_TRUE(becomes(0, "replication_lag_bytes", none));
    EXPECT_TRUE(becomes(1, "replication_lag_bytes", none));
    EXPECT_TRUE(becomes(1, "replication_lag_s", none));
    on(1, "select pg_wal_replay_pause()");
    on(0, "create table filler as select repeat('x', 100) from generate_series(1, 10000)");
    EXPECT_TRUE(becomes(0, "replication_lag_bytes", some));
    EXPECT_TRUE(becomes(1, "replication_lag_bytes", some));
    EXPECT_TRUE(becomes(1, "replication_lag_s", [](double value) { return value > 0; }));
    on(1, "select pg_wal_replay_resume()");
    EXPECT_TRUE(becomes(0, "replication_lag_bytes", none));
    EXPECT_TRUE(becomes(1, "replication_lag_s", none));
}

TEST_F(ReplicationSamplerTest, AServerThatWentAwayIsAskedAgainWhenItIsBack) {
    EXPECT_TRUE(sample(0).contains("commits"));
    cluster_->kill({cluster_->nodes().front().name});
    EXPECT_TRUE(sample(0).empty());
    EXPECT_TRUE(sample(0).empty());
    cluster_->start_nodes({cluster_->nodes().front().name});
    EXPECT_TRUE(sample(0).contains("commits"));
    // Back before the next sample: the connection that is lost by then costs none.
    cluster_->kill({cluster_->nodes().front().name});
    cluster_->start_nodes({cluster_->nodes().front().name});
    EXPECT_TRUE(sample(0).contains("commits"));
}

TEST_F(ReplicationSamplerTest, APausedServerKeepsNobody) {
    EXPECT_FALSE(sample(0).empty());
    cluster_->pause({cluster_->nodes().front().name});
    auto* query = &samplers_[0]->begin(99);
    const auto begun = now_ticks();
    poll_until(std::span(&query, 1), begun + 200'000'000, -1);
    EXPECT_TRUE(samplers_[0]->end().empty());
    EXPECT_LT(to_seconds(now_ticks() - begun), 0.5);
    cluster_->resume({cluster_->nodes().front().name});
    EXPECT_FALSE(sample(0).empty());
}

} // namespace
} // namespace citusbench
