#include "cluster/cluster_wish.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "core/error.hpp"

namespace citusbench {
namespace {

LocalPostgres postgres_with(bool citus) {
    return {"/usr/lib/postgresql/15/bin", "15.20", 15, citus, true};
}

/// The message of the UsageError that the changed default wish meets.
std::string refusal(const std::function<void(ClusterWish&)>& change, bool citus = true) {
    ClusterWish wish;
    change(wish);
    try {
        make_cluster_spec(wish, postgres_with(citus));
    } catch (const UsageError& error) {
        return error.what();
    }
    return "(accepted)";
}

TEST(ClusterWish, AutoTakesCitusWhereItIsAndFdwElsewhere) {
    const auto citus = make_cluster_spec({}, postgres_with(true));
    EXPECT_EQ(citus.engine, Engine::citus);
    EXPECT_EQ(citus.replication, 2);
    const auto fdw = make_cluster_spec({}, postgres_with(false));
    EXPECT_EQ(fdw.engine, Engine::fdw);
    EXPECT_EQ(fdw.replication, 1);
    EXPECT_EQ(fdw.workers, 4);
    EXPECT_EQ(fdw.shards, 32);
}

TEST(ClusterWish, SingleIsOneNodeOfCitusOrPlainPostgres) {
    ClusterWish wish;
    wish.topology = "single";
    const auto citus = make_cluster_spec(wish, postgres_with(true));
    EXPECT_EQ(citus.engine, Engine::citus);
    EXPECT_EQ(citus.replication, 1);
    EXPECT_EQ(make_cluster_spec(wish, postgres_with(false)).engine, Engine::postgres);
}

TEST(ClusterWish, OneWorkerHoldsOneCopyUnlessMoreIsAskedFor) {
    ClusterWish wish;
    wish.workers = 1;
    EXPECT_EQ(make_cluster_spec(wish, postgres_with(true)).replication, 1);
}

TEST(ClusterWish, RefusalsNameTheOptionTheValueAndTheMend) {
    EXPECT_EQ(refusal([](auto& wish) { wish.topology = "ring"; }),
              "--topology ring: no such topology; take one of single, active-active");
    EXPECT_EQ(refusal([](auto& wish) { wish.engine = "mysql"; }),
              "--engine mysql: no such engine; take auto, citus or fdw");
    EXPECT_EQ(refusal([](auto& wish) { wish.workers = 0; }),
              "--workers 0: give a whole number from 1 to 64");
    EXPECT_EQ(refusal([](auto& wish) { wish.shards = -1; }),
              "--shards -1: give a whole number from 1 to 4096");
    EXPECT_EQ(refusal([](auto& wish) { wish.replication = 0; }), "--replication 0: give 1 or more");
    EXPECT_EQ(refusal([](auto& wish) { wish.replication = 5; }),
              "--replication 5: only 4 nodes to hold the copies; give at most 4 or more --workers");
}

TEST(ClusterWish, WhatAnEngineCannotDoIsRefused) {
    const auto citus = refusal([](auto& wish) { wish.engine = "citus"; }, false);
    EXPECT_TRUE(citus.starts_with("--engine citus: PostgreSQL 15.20")) << citus;
    EXPECT_NE(citus.find("--engine fdw"), std::string::npos) << citus;
    const auto replicated = refusal([](auto& wish) { wish.replication = 2; }, false);
    EXPECT_TRUE(replicated.starts_with("--replication 2: engine fdw keeps one copy")) << replicated;
}

TEST(ClusterWish, FdwOnASingleNodeIsPlainPostgres) {
    ClusterWish wish;
    wish.engine = "fdw";
    wish.topology = "single";
    LocalPostgres postgres;
    postgres.has_citus = true;
    EXPECT_EQ(make_cluster_spec(wish, postgres).engine, Engine::postgres);
}

TEST(Topology, NodesStandInTheOrderOfTheirPortsWithOneEntry) {
    ClusterSpec spec;
    spec.workers = 3;
    const auto nodes = find_topology("active-active")->nodes(spec);
    ASSERT_EQ(nodes.size(), 4U);
    EXPECT_EQ(nodes[0].name, "coordinator");
    EXPECT_EQ(nodes[3].name, "worker3");
    EXPECT_EQ(std::count_if(nodes.begin(), nodes.end(), [](auto& node) { return node.is_entry; }),
              1);
    EXPECT_EQ(find_topology("nowhere"), nullptr);
}

} // namespace
} // namespace citusbench
