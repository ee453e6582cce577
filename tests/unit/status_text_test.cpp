#include "cli/cluster_command.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace citusbench {
namespace {

/// Two nodes, one of them down; a shard with two copies and one with one.
ClusterStatus sample_status() {
    ClusterStatus status;
    status.topology = "active-active";
    status.engine = Engine::citus;
    status.replication = 2;
    status.workload = "chat rooms=3";
    NodeStatus up;
    up.name = "worker1";
    up.role = "worker";
    up.address = "127.0.0.1:1";
    up.state = "up";
    up.is_active = false;
    up.placements = 2;
    up.rows = 1234;
    up.metrics = {{"database_bytes", 3e9}, {"connections_active", 7}};
    NodeStatus down = up;
    down.name = "worker2";
    down.state = "down";
    down.rows.reset();
    down.metrics.clear();
    down.is_active.reset();
    status.nodes = {up, down};
    status.shards = {{"rooms",
                      "distributed",
                      "102008",
                      {{"worker1", true, 1000, false, 2048}, {"worker2", true, {}, false, {}}}},
                     {"rooms", "distributed", "102009", {{"worker1", true, 234, true, 1024}}}};
    status.prepared = {{"worker1", "citus_0_1", 9}};
    status.reasons = {"worker2 is down"};
    return status;
}

TEST(StatusText, ShowsNodesTablesAndReasons) {
    const auto text = status_text(sample_status(), false);
    for (const auto* part :
         {"active-active on citus, 2 copies of each shard; chat rooms=3", "up, disabled", "2.8 GiB",
          "~1,234", "234 / 1,000 / 1,000", "not healthy: worker2 is down"})
        EXPECT_NE(text.find(part), std::string::npos) << part << " is not in\n" << text;
    EXPECT_EQ(text.find("102009"), std::string::npos);
    EXPECT_NE(status_text(sample_status(), true).find("102009"), std::string::npos);
}

TEST(StatusText, AShardIsUnderReplicatedByItsActiveCopiesAlone) {
    auto status = sample_status();
    ASSERT_EQ(status.under_replicated().size(), 1U);
    EXPECT_EQ(status.under_replicated()[0]->shard, "102009");
    status.shards[0].placements[1].is_active = false;
    EXPECT_EQ(status.under_replicated().size(), 2U);
    status.shards[0].kind = "reference";
    EXPECT_EQ(status.under_replicated().size(), 1U);
    status.engine = Engine::fdw;
    EXPECT_TRUE(status.under_replicated().empty());
}

TEST(StatusText, TheJsonDocumentHasEveryFieldOfItsDescription) {
    const auto json = nlohmann::json::parse(to_json(sample_status()));
    EXPECT_EQ(json["version"], 1);
    EXPECT_EQ(json["healthy"], false);
    EXPECT_EQ(json["reasons"][0], "worker2 is down");
    EXPECT_EQ(json["nodes"][0]["active"], false);
    EXPECT_EQ(json["nodes"][0]["metrics"]["connections_active"], 7);
    EXPECT_TRUE(json["nodes"][1]["active"].is_null());
    EXPECT_TRUE(json["nodes"][1]["rows"].is_null());
    EXPECT_EQ(json["shards"][0]["rows"], 1000);
    EXPECT_TRUE(json["shards"][0]["placements"][1]["rows"].is_null());
    EXPECT_EQ(json["shards"][1]["placements"][0]["rows_estimated"], true);
    EXPECT_EQ(json["under_replicated"][0]["active_placements"], 1);
    EXPECT_EQ(json["under_replicated"][0]["wanted"], 2);
    EXPECT_EQ(json["in_doubt"][0]["gid"], "citus_0_1");
}

} // namespace
} // namespace citusbench
