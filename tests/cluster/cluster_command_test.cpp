#include "cli/cluster_command.hpp"

#include <gtest/gtest.h>

#include "cluster/local/local_cluster.hpp"
#include "core/error.hpp"
#include "support/state_folder.hpp"

namespace citusbench {
namespace {

class ClusterCommandTest : public testing::Test {
  protected:
    struct Answer {
        int code = 0;
        std::string output;
    };

    Answer run(const std::vector<std::string>& args) {
        testing::internal::CaptureStdout();
        Answer answer;
        try {
            answer.code = cluster_command(args, stop_);
        } catch (const UsageError& error) {
            answer.code = 2;
            answer.output = error.what();
        }
        answer.output = testing::internal::GetCapturedStdout() + answer.output;
        return answer;
    }

    test::StateFolder state_;
    StopFlag stop_;
};

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST_F(ClusterCommandTest, LeadsAClusterFromUpToDown) {
    EXPECT_EQ(run({"status"}).code, 1);
    const auto up = run({"up", "--engine", "fdw", "--workers", "2"});
    ASSERT_EQ(up.code, 0) << up.output;
    EXPECT_TRUE(contains(up.output, "worker2")) << up.output;
    EXPECT_TRUE(contains(up.output, "psql \"host=127.0.0.1")) << up.output;
    EXPECT_TRUE(contains(up.output, "cluster down")) << up.output;

    const auto again = run({"up", "--engine", "fdw"});
    EXPECT_EQ(again.code, 2);
    EXPECT_TRUE(contains(again.output, "cluster down")) << again.output;

    EXPECT_EQ(run({"status"}).code, 0);
    EXPECT_EQ(run({"kill", "worker1"}).code, 0);
    EXPECT_EQ(run({"pause", "worker2"}).code, 0);
    const auto status = run({"status"});
    EXPECT_EQ(status.code, 1);
    EXPECT_TRUE(contains(status.output, "down")) << status.output;
    EXPECT_TRUE(contains(status.output, "paused")) << status.output;
    EXPECT_EQ(run({"heal"}).code, 0);
    EXPECT_EQ(run({"status"}).code, 0);
    EXPECT_EQ(run({"stop", "worker1", "worker2"}).code, 0);
    EXPECT_EQ(run({"start", "worker1", "worker2"}).code, 0);
    EXPECT_EQ(run({"status"}).code, 0);

    const auto unknown = run({"kill", "worker1", "worker7"});
    EXPECT_EQ(unknown.code, 2);
    EXPECT_TRUE(contains(unknown.output, "coordinator, worker1, worker2")) << unknown.output;
    EXPECT_EQ(run({"kill"}).code, 2);
    EXPECT_EQ(run({"status", "worker1"}).code, 0);

    const auto down = run({"down"});
    EXPECT_EQ(down.code, 0);
    EXPECT_TRUE(contains(down.output, "removed")) << down.output;
    EXPECT_EQ(LocalCluster::open_kept(stop_), nullptr);
    EXPECT_EQ(run({"down"}).output, "nothing to remove\n");
}

TEST_F(ClusterCommandTest, BadUsageIsRefusedBeforeAnythingStarts) {
    EXPECT_EQ(run({}).code, 2);
    EXPECT_EQ(run({"explode"}).code, 2);
    EXPECT_EQ(run({"kill", "worker1"}).code, 2); // no cluster
    EXPECT_EQ(run({"up", "--workers", "none"}).code, 2);
    EXPECT_EQ(run({"up", "--workers", "0"}).code, 2);
    EXPECT_EQ(run({"up", "--topology", "ring"}).code, 2);
    EXPECT_EQ(run({"up", "--work", "2"}).code, 2); // abbreviations are not guessed
    EXPECT_EQ(run({"up", "surplus"}).code, 2);
    EXPECT_EQ(run({"down", "worker1"}).code, 2);
    EXPECT_EQ(run({"up", "--help"}).code, 0);
    EXPECT_EQ(run({"--help"}).code, 0);
    EXPECT_EQ(run({"down"}).output, "nothing to remove\n");
}

} // namespace
} // namespace citusbench
