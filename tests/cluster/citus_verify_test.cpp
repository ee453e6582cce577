#include <gtest/gtest.h>

#include "support/verify_fixture.hpp"
#include "verify/in_doubt.hpp"

namespace citusbench {
namespace {

using test::first_id;

/// What only Citus can have: several copies of a shard, unresolved prepared transactions.
class CitusVerifyTest : public test::VerifyFixture {
  protected:
    void SetUp() override {
        if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
        const auto up =
            run({"cluster", "up", "--engine", "citus", "--workers", "3", "--shards", "4"});
        ASSERT_EQ(up.code, 0) << up.all();
        ASSERT_EQ(run(chat({{"--dsn", kept_conninfo()}, {"--init", "only"}})).code, 0);
    }

    /// A copy of a shard of messages.
    struct Copy {
        std::string shard;
        std::string node;
        std::string group;
    };
    std::vector<Copy> copies_of_first_shard() const {
        const auto rows = pg::Client(dsn_, test::no_stop)
                              .query("select shardid, nodeport, groupid from "
                                     "pg_dist_shard_placement join pg_dist_node using (nodename, "
                                     "nodeport) join pg_dist_shard using (shardid) where "
                                     "logicalrelid = 'citusbench.messages'::regclass order by "
                                     "shardid, nodeport limit 2");
        std::vector<Copy> copies;
        const auto kept = LocalCluster::open_kept(test::no_stop);
        for (int row = 0; row < rows.rows(); ++row)
            for (const auto& node : kept->nodes())
                if (std::to_string(node.port) == rows.text(row, 1))
                    copies.push_back({std::string(rows.text(row, 0)), node.name,
                                      std::string(rows.text(row, 2))});
        EXPECT_EQ(copies.size(), 2U);
        return copies;
    }
    static std::string table_of(const Copy& copy) { return "citusbench.messages_" + copy.shard; }
    static std::string id_in(const Copy& copy) {
        return on_node(copy.node, fmt::format("select min(id) from {} where id >= {}",
                                              table_of(copy), first_id));
    }
    nlohmann::json check_json(const std::string& name) const {
        const auto json = nlohmann::json::parse(test::read_file(folder_ / "run.json"));
        for (const auto& check : json["verification"]["checks"])
            if (check["check"] == name) return check;
        return {};
    }
    std::string port_of(const std::string& node) const {
        return std::to_string(LocalCluster::open_kept(test::no_stop)->find(node)->port);
    }
};

TEST_F(CitusVerifyTest, ANodeThatOnlyTheClusterCanReachIsAskedThroughTheCoordinator) {
    CitusNode node;
    node.access = {"worker1", "host=127.0.0.1 port=1"};
    node.host = "127.0.0.1";
    node.port = port_of("worker1");
    node.entry_conninfo = kept_conninfo();
    const auto reached = recover_in_doubt({node}, test::no_stop);
    EXPECT_TRUE(reached.out_of_reach.empty()) << reached.out_of_reach.front();
    node.port = "2";
    const auto lost = recover_in_doubt({node}, test::no_stop);
    ASSERT_EQ(lost.out_of_reach.size(), 1U);
    EXPECT_NE(lost.out_of_reach[0].find("through the coordinator"), std::string::npos)
        << lost.out_of_reach[0];
}

TEST_F(CitusVerifyTest, AnUntouchedClusterIsCheckedAsGoodWithEqualCopies) {
    run_chat({{"--mix", "post=5,edit=3,delete=2,mark_read=3"}});
    expect_green();
    for (const auto* name : {"replicas_diverged", "under_replicated", "in_doubt_left"})
        EXPECT_EQ(check(name)["verdict"], "pass") << name;
    EXPECT_TRUE(verify_again().says("every copy equal"));
}

TEST_F(CitusVerifyTest, ARowMissingOnOneCopyMakesTheReplicasDiverge) {
    run_chat();
    const auto copy = copies_of_first_shard()[1];
    const auto id = id_in(copy);
    on_node(copy.node, fmt::format("delete from {} where id = {}", table_of(copy), id));
    const auto finished = verify_again();
    EXPECT_EQ(finished.code, 3);
    EXPECT_EQ(check("replicas_diverged")["verdict"], "fail");
    EXPECT_EQ(check("replicas_diverged")["count"], "1");
    const auto detail = check("replicas_diverged")["detail"];
    EXPECT_NE(detail.find(fmt::format("shard {} of messages: {} lacks 1 row (messages id {}",
                                      copy.shard, copy.node, id)),
              std::string::npos)
        << detail;
}

TEST_F(CitusVerifyTest, ARowChangedOnOneCopyIsNamedWithItsNode) {
    run_chat();
    const auto copy = copies_of_first_shard()[0];
    on_node(copy.node,
            fmt::format("update {} set sender_id = -1 where id = {}", table_of(copy), id_in(copy)));
    const auto finished = verify_again();
    EXPECT_EQ(finished.code, 3);
    const auto detail = check("replicas_diverged")["detail"];
    EXPECT_NE(detail.find(copy.node + " has another content in 1 row"), std::string::npos)
        << detail;
    EXPECT_NE(detail.find("sender_id not as sent"), std::string::npos) << detail;
}

TEST_F(CitusVerifyTest, APreparedTransactionThatNobodyFinishesIsUnresolved) {
    run_chat();
    on_node("worker2", "begin; create table public.half_done (); "
                       "prepare transaction 'citus_77_1_2_3'");
    expect_red({"in_doubt_left"}, "citus_77_1_2_3 on worker2");
    EXPECT_NE(check("in_doubt_left")["detail"].find("rollback prepared 'citus_77_1_2_3'"),
              std::string::npos);
    on_node("worker2", "rollback prepared 'citus_77_1_2_3'");
    expect_green();
}

TEST_F(CitusVerifyTest, AnAcknowledgedRowThatRecoveryBringsBackIsStaleAndNotLost) {
    run_chat();
    // What a lost COMMIT PREPARED leaves behind: the row stands prepared, the coordinator has noted
    // that it is to be committed.
    int number = 0;
    for (const auto& copy : copies_of_first_shard()) {
        const auto table = table_of(copy);
        const auto gid = fmt::format("citus_0_999_{}_1", ++number);
        on_node(copy.node,
                fmt::format("create table public.saved as select * from {0} where id = {1}; "
                            "delete from {0} where id = {1}",
                            table, id_in(copy)));
        on_node(copy.node, fmt::format("begin; insert into {} select * from public.saved; "
                                       "prepare transaction '{}'",
                                       table, gid));
        on_entry(fmt::format("insert into pg_dist_transaction (groupid, gid) values ({}, '{}')",
                             copy.group, gid));
    }
    expect_green();
    EXPECT_EQ(check("stale")["count"], "1") << check("stale")["detail"];
    EXPECT_EQ(check("lost")["count"], "0");
    EXPECT_NE(check("in_doubt_left")["detail"].find("2 in prepared state"), std::string::npos);
}

TEST_F(CitusVerifyTest, ANodeActivatedWithoutItsCopiesIsUnderReplicatedUntilTheRepairIsRun) {
    run_chat();
    const auto port = port_of("worker2");
    on_entry(fmt::format("select citus_disable_node('127.0.0.1', {}, true)", port));
    expect_red({"under_replicated"}, fmt::format("citus_activate_node('127.0.0.1', {})", port));
    on_entry(fmt::format("select citus_activate_node('127.0.0.1', {})", port));
    expect_red({"under_replicated"}, "UNDER-REPLICATED");
    const auto detail = check_json("under_replicated")["detail"].get<std::string>();
    const std::string lead = "restore them with: ";
    ASSERT_NE(detail.find(lead), std::string::npos) << detail;
    on_entry(detail.substr(detail.find(lead) + lead.size()));
    expect_green();
}

TEST_F(CitusVerifyTest, ANodeRestoredFromAnOlderCopyDiverges) {
    keep_copy("worker2");
    run_chat();
    restore_copy("worker2");
    const auto finished = verify_again();
    EXPECT_EQ(finished.code, 3);
    EXPECT_EQ(check("replicas_diverged")["verdict"], "fail");
    EXPECT_TRUE(finished.says("worker2 lacks")) << finished.all();
    EXPECT_FALSE(finished.says("worker1 lacks")) << finished.all();
}

} // namespace
} // namespace citusbench
