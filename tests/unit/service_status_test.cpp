#include "observe/service_status.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

#include "observe/pgbouncer_sampler.hpp"

namespace citusbench {
namespace {

/// Columns as HAProxy 2.6 names them, cut to some, in another order.
constexpr auto statistics = "# pxname,svname,qcur,scur,slim,status,weight\n"
                            "leader,FRONTEND,,9,200,OPEN,\n"
                            "leader,coordinator1,0,7,,UP,1\n"
                            "leader,coordinator2,0,0,,DOWN,1\n"
                            "leader,BACKEND,0,7,20,UP,1\n"
                            "replicas,coordinator2,0,,,UP 1/3,1\n"
                            "replicas,cut";

TEST(ServiceStatus, ServersOfHaproxyAreReadByTheNamesOfTheColumns) {
    const auto back_ends = read_haproxy_statistics(statistics, "lb");
    ASSERT_EQ(back_ends.size(), 3U);
    EXPECT_EQ(back_ends[0].balancer, "lb");
    EXPECT_EQ(back_ends[0].frontend, "leader");
    EXPECT_EQ(back_ends[0].server, "coordinator1");
    EXPECT_EQ(back_ends[0].state, "up");
    EXPECT_EQ(back_ends[0].connections, 7U);
    EXPECT_EQ(back_ends[1].state, "down");
    EXPECT_EQ(back_ends[2].frontend, "replicas");
    EXPECT_EQ(back_ends[2].state, "up");
    EXPECT_EQ(back_ends[2].connections, 0U);
}

TEST(ServiceStatus, AnAnswerOfSomethingElseHasNoServers) {
    EXPECT_TRUE(read_haproxy_statistics("", "lb").empty());
    EXPECT_TRUE(read_haproxy_statistics("<html>\n<body>,,,\n", "lb").empty());
}

TEST(ServiceStatus, ABalancerWithoutAStatusPageIsNotQueried) {
    ClusterState cluster;
    Node balancer;
    balancer.name = "lb";
    balancer.kind = NodeKind::haproxy;
    balancer.role = Role::balancer;
    cluster.nodes = {balancer};
    ClusterStatus status;
    collect_service_status(cluster, status);
    EXPECT_TRUE(status.back_ends.empty());
    EXPECT_TRUE(status.reasons.empty());
}

/// A result with these columns and one row for each list.
pg::Result result(std::initializer_list<const char*> columns,
                  std::initializer_list<std::initializer_list<const char*>> rows) {
    auto* made = PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK);
    std::vector<PGresAttDesc> attributes;
    std::vector<std::string> names(columns.begin(), columns.end());
    for (auto& name : names) attributes.push_back({name.data(), 0, 0, 0, 25, -1, -1});
    PQsetResultAttrs(made, static_cast<int>(attributes.size()), attributes.data());
    int row = 0;
    for (const auto& values : rows) {
        int column = 0;
        for (const auto* value : values) {
            std::string text = value;
            PQsetvalue(made, row, column++, text.data(), static_cast<int>(text.size()));
        }
        ++row;
    }
    return pg::Result(made);
}

TEST(ServiceStatus, PoolsAreAddedUpWithoutThatOfTheConsole) {
    std::vector<pg::Result> results;
    results.push_back(result({"database", "sv_idle", "sv_used", "cl_active", "cl_waiting",
                              "sv_active", "maxwait", "maxwait_us"},
                             {{"citusbench", "1", "2", "30", "4", "17", "2", "500000"},
                              {"other", "1", "0", "1", "0", "1", "0", "10"},
                              {"pgbouncer", "9", "9", "9", "9", "9", "9", "9"}}));
    const auto pools = read_pools(results);
    EXPECT_EQ(pools.clients_active, 31U);
    EXPECT_EQ(pools.clients_waiting, 4U);
    EXPECT_EQ(pools.servers_active, 18U);
    EXPECT_EQ(pools.servers_idle, 4U);
    EXPECT_DOUBLE_EQ(pools.max_wait_s, 2.5);
}

} // namespace
} // namespace citusbench
