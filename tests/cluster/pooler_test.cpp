#include "service/service.hpp"
#include "support/topology_fixture.hpp"

namespace citusbench::test {
namespace {

/// With a real PgBouncer in front of the entry points.
class PoolerTest : public TopologyFixture {
  protected:
    static Options pooled(const std::string& topology, const std::string& engine,
                          const std::string& mode, Options more = {}) {
        more.insert({{"--pooler", mode}});
        return on(topology, engine, more);
    }

    /// The greatest of a metric's samples.
    double most(const std::string& node, const std::string& metric) const {
        double most = -1;
        for (const auto& row : table("monitor.csv"))
            if (row["node"] == node && row["metric"] == metric)
                most = std::max(most, row.number("value"));
        return most;
    }

    /// Between the confirmation that the node is gone and its return.
    void expect_silence_without(const std::string& node) const {
        EXPECT_EQ(
            sum_within(moment("fault_confirmed", node) + 0.2, moment("heal_started", node), "ok"),
            0U);
        EXPECT_GT(summary("after").count("ok"), 0U);
    }

    /// While the node behind the pooler crashes, and comes back.
    void expect_nothing_lost_behind_it(const std::string& engine, const std::string& mode) const {
        const auto finished =
            run(chat(pooled("active-active", engine, mode,
                            with_fault("crash:coordinator", {{"--timeout", "5s"}}))),
                90);
        ASSERT_EQ(finished.code, 0) << finished.all();
        expect_consistent_files();
        EXPECT_GT(summary("before").count("ok"), 0U);
        expect_silence_without("coordinator");
        expect_nothing_left();
    }
};

TEST_F(PoolerTest, ManyClientsShareFewConnections) {
    const auto finished = run(chat(pooled("active-active", "fdw", "transaction",
                                          {{"--pool-size", "3"},
                                           {"--connections", "40"},
                                           {"--pipeline", "4"},
                                           {"--duration", "3s"}})),
                              60);
    ASSERT_EQ(finished.code, 0) << finished.all();
    expect_consistent_files();
    EXPECT_EQ(summary("steady").count("failed"), 0U);
    EXPECT_EQ(summary("steady").count("unknown"), 0U);
    EXPECT_EQ(most("pooler", "up"), 1);
    EXPECT_GE(most("pooler", "pool_clients_waiting"), 1); // 40 want 3
    EXPECT_GE(most("pooler", "pool_servers_active"), 1);
    EXPECT_LE(most("pooler", "pool_servers_active"), 3);
    EXPECT_NE(run_json().find("\"runs\": \"pgbouncer 1."), std::string::npos);
    expect_nothing_left();
}

TEST_F(PoolerTest, BySessionStatementsStayPrepared) {
    const auto finished = run(
        chat(pooled("active-active", "fdw", "session", {{"--duration", "1s"}, {"--by", "entry"}})),
        60);
    ASSERT_EQ(finished.code, 0) << finished.all();
    EXPECT_EQ(summary("steady").count("failed"), 0U);
    EXPECT_NE(run_json().find("\"protocol\": \"prepared\""), std::string::npos);
    EXPECT_NE(run_json().find("\"entry\": \"pooler\""), std::string::npos);
}

TEST_F(PoolerTest, WithoutThePoolerNothingIsServedUntilItIsBack) {
    const auto finished =
        run(chat(pooled("active-active", "fdw", "transaction", with_fault("crash:pooler"))), 90);
    ASSERT_EQ(finished.code, 0) << finished.all();
    expect_silence_without("pooler");
    expect_nothing_left();
}

TEST_F(PoolerTest, NothingIsLostWhenTheNodeBehindItCrashes) {
    expect_nothing_lost_behind_it("fdw", "transaction");
}

TEST_F(PoolerTest, OnCitusNothingIsLostWhenTheNodeBehindItCrashes) {
    if (!has_citus()) GTEST_SKIP() << "Citus is not installed here";
    expect_nothing_lost_behind_it("citus", "session");
}

TEST_F(PoolerTest, EachOfSeveralClustersHasItsOwn) {
    const auto finished =
        run(chat(pooled("dual-cluster", "fdw", "transaction",
                        with_fault("crash:a.pooler", {{"--by", "entry"}, {"--rate", "200"}}))),
            90);
    ASSERT_EQ(finished.code, 0) << finished.all();
    EXPECT_GT(sum_within(moment("fault_confirmed", "a.pooler") + 0.2,
                         moment("heal_started", "a.pooler"), "ok"),
              0U);
    EXPECT_NE(run_json().find("\"entry\": \"b.pooler\""), std::string::npos);
    expect_nothing_left();
}

TEST_F(PoolerTest, StatusShowsThePoolAndADeadPooler) {
    ASSERT_EQ(topology_up("active-active", "fdw", {{"--pooler=session", ""}}).code, 0);
    const auto well = run({"cluster", "status"});
    EXPECT_EQ(well.code, 0) << well.all();
    EXPECT_TRUE(well.says("pgbouncer, entry")) << well.all();
    EXPECT_TRUE(well.says("pool")) << well.all();
    ASSERT_EQ(run({"cluster", "kill", "pooler"}).code, 0);
    const auto ill = run({"cluster", "status"});
    EXPECT_EQ(ill.code, 1) << ill.all();
    EXPECT_TRUE(ill.says("pooler is down")) << ill.all();
    EXPECT_EQ(run({"cluster", "start", "pooler"}).code, 0);
    EXPECT_EQ(run({"cluster", "status"}).code, 0);
}

TEST_F(PoolerTest, PreparingForSomebodyElsesPoolerFailsWithTheHint) {
    if (pooler_keeps_prepared()) GTEST_SKIP() << "this PgBouncer keeps prepared statements";
    ASSERT_EQ(topology_up("active-active", "fdw", {{"--pooler", ""}}).code, 0);
    // More than the pool has, so that two of them meet on one of its connections.
    const Options on_it = {
        {"--dsn", kept_conninfo_of("pooler")}, {"--connections", "40"}, {"--duration", "1s"}};
    const auto failed = run(chat(on_it));
    EXPECT_EQ(failed.code, 1);
    EXPECT_TRUE(failed.says("use --protocol extended")) << failed.all();
    auto extended = on_it;
    extended["--protocol"] = "extended";
    const auto finished = run(chat(extended));
    EXPECT_EQ(finished.code, 0) << finished.all();
    EXPECT_EQ(summary("steady").count("failed"), 0U);
}

TEST_F(PoolerTest, PreparingForAPoolerThatForgetsIsRefused) {
    if (pooler_keeps_prepared()) GTEST_SKIP() << "this PgBouncer keeps prepared statements";
    const auto refused =
        run(chat(pooled("active-active", "fdw", "transaction", {{"--protocol", "prepared"}})));
    EXPECT_EQ(refused.code, 2);
    EXPECT_TRUE(refused.says("--protocol prepared: this PgBouncer")) << refused.all();
    expect_nothing_left();
}

} // namespace
} // namespace citusbench::test
