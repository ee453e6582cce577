#include "cluster/make_cluster_spec.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "core/error.hpp"
#include "service/service_kinds.hpp"
#include "support/not_empty.hpp"

namespace citusbench {
namespace {

LocalPostgres postgres_with(bool citus) {
    return {"/usr/lib/postgresql/15/bin", "15.20", 15, citus, true};
}

/// The message of the UsageError that the changed default options meet.
std::string options_refusal(const std::function<void(ClusterOptions&)>& change, bool citus = true) {
    ClusterOptions options;
    change(options);
    try {
        make_cluster_spec(options, postgres_with(citus));
    } catch (const UsageError& error) {
        return error.what();
    }
    return "(accepted)";
}

TEST(ClusterOptions, AutoTakesCitusWhereItIsAndFdwElsewhere) {
    const auto citus = make_cluster_spec({}, postgres_with(true));
    EXPECT_EQ(citus.engine, Engine::citus);
    EXPECT_EQ(citus.replication, 2);
    const auto fdw = make_cluster_spec({}, postgres_with(false));
    EXPECT_EQ(fdw.engine, Engine::fdw);
    EXPECT_EQ(fdw.replication, 1);
    EXPECT_EQ(fdw.workers, 4);
    EXPECT_EQ(fdw.shards, 32);
}

TEST(ClusterOptions, SingleIsOneNodeOfCitusOrPlainPostgres) {
    ClusterOptions options;
    options.topology = "single";
    const auto citus = make_cluster_spec(options, postgres_with(true));
    EXPECT_EQ(citus.engine, Engine::citus);
    EXPECT_EQ(citus.replication, 1);
    EXPECT_EQ(make_cluster_spec(options, postgres_with(false)).engine, Engine::postgres);
}

TEST(ClusterOptions, OneWorkerHoldsOneCopyUnlessMoreIsAskedFor) {
    ClusterOptions options;
    options.workers = 1;
    EXPECT_EQ(make_cluster_spec(options, postgres_with(true)).replication, 1);
}

TEST(ClusterOptions, RefusalsNameTheOptionTheValueAndTheHint) {
    EXPECT_EQ(options_refusal([](auto& options) { options.topology = "ring"; }),
              "--topology ring: no such topology; use one of single, active-active, "
              "multi-master, spatial-ha, active-passive, dual-cluster");
    EXPECT_EQ(options_refusal([](auto& options) { options.engine = "mysql"; }),
              "--engine mysql: no such engine; use auto, citus or fdw");
    EXPECT_EQ(options_refusal([](auto& options) { options.workers = 0; }),
              "--workers 0: must be a whole number between 1 and 64");
    EXPECT_EQ(options_refusal([](auto& options) { options.shards = -1; }),
              "--shards -1: must be a whole number between 1 and 4096");
    EXPECT_EQ(options_refusal([](auto& options) { options.replication = 0; }),
              "--replication 0: must be at least 1");
    EXPECT_EQ(options_refusal([](auto& options) { options.replication = 5; }),
              "--replication 5: only 4 nodes to hold the copies; give at most 4 or more --workers");
}

TEST(ClusterOptions, EachTopologyHasItsOwnNumbers) {
    ClusterOptions options;
    options.topology = "multi-master";
    EXPECT_EQ(make_cluster_spec(options, postgres_with(true)).writers, 2);
    options.topology = "spatial-ha";
    EXPECT_EQ(make_cluster_spec(options, postgres_with(true)).workers, 3);
    EXPECT_EQ(options_refusal([](auto& each) { each.writers = 3; }),
              "--writers 3: topology active-active has none; leave it out");
    EXPECT_EQ(options_refusal([](auto& each) {
                  each.topology = "multi-master";
                  each.writers = 17;
              }),
              "--writers 17: must be a whole number between 1 and 16");
    EXPECT_EQ(options_refusal([](auto& each) { each.replicas_per_worker = 1; }),
              "--replicas-per-worker 1: topology active-active has no Patroni to keep them; leave "
              "it out, or use --topology active-passive");
}

TEST(ClusterOptions, EntriesAreNodesThatClientsCanUse) {
    const auto with_entries = [](const char* engine, std::vector<std::string> entries) {
        return options_refusal([&](auto& options) {
            options.topology = "multi-master";
            options.workers = 1;
            options.engine = engine;
            options.entries = entries;
        });
    };
    EXPECT_EQ(with_entries("citus", {"writer1", "worker1", "lb"}), "(accepted)");
    EXPECT_EQ(with_entries("fdw", {"writer1", "worker1"}),
              "--entry writer1,worker1: clients cannot connect to 'worker1'; on fdw they can to "
              "writer1, writer2, lb");
}

TEST(ClusterOptions, AMissingProgramIsNamedWithItsPackage) {
    try {
        require_program("no-such-program", "the-package", "multi-master");
        FAIL() << "found";
    } catch (const UsageError& error) {
        EXPECT_STREQ(error.what(), "--topology multi-master: the program no-such-program is "
                                   "missing; install it with scripts/setup --topology multi-master "
                                   "(Debian: the-package)");
    }
    EXPECT_FALSE(find_program("sh").empty());
}

TEST(ClusterOptions, WhatAnEngineCannotDoIsRefused) {
    const auto citus = options_refusal([](auto& options) { options.engine = "citus"; }, false);
    EXPECT_TRUE(citus.starts_with("--engine citus: PostgreSQL 15.20")) << citus;
    EXPECT_NE(citus.find("--engine fdw"), std::string::npos) << citus;
    const auto replicated = options_refusal([](auto& options) { options.replication = 2; }, false);
    EXPECT_TRUE(replicated.starts_with("--replication 2: engine fdw keeps one copy")) << replicated;
}

TEST(ClusterOptions, FdwOnASingleNodeIsPlainPostgres) {
    ClusterOptions options;
    options.engine = "fdw";
    options.topology = "single";
    LocalPostgres postgres;
    postgres.has_citus = true;
    EXPECT_EQ(make_cluster_spec(options, postgres).engine, Engine::postgres);
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

TEST(Topology, OnlyTheBalancerIsAnEntryAndWorkersSortBeforeFurtherWriters) {
    ClusterSpec spec;
    spec.topology = "multi-master";
    spec.workers = 2;
    spec.writers = 3;
    std::string names;
    for (const auto& node : test::not_empty(nodes_of(spec))) {
        names += node.name + " ";
        EXPECT_EQ(node.is_entry, node.kind == NodeKind::nginx) << node.name;
    }
    EXPECT_EQ(names, "writer1 worker1 worker2 writer2 writer3 lb ");
    spec.entries = {"writer2"};
    for (const auto& node : test::not_empty(nodes_of(spec)))
        EXPECT_EQ(node.is_entry, node.name == "writer2");
}

TEST(Topology, WhatPatroniLooksAfterHasMoreNames) {
    ClusterSpec spec;
    spec.topology = "active-passive";
    spec.workers = 2;
    spec.replicas_per_worker = 1;
    const auto nodes = nodes_of(spec);
    const auto names = target_names(nodes);
    for (const auto* name : {"worker2b", "etcd", "lb", "leader", "leader@worker2",
                             "patroni@coordinator2", "patroni@worker1b"})
        EXPECT_EQ(std::count(names.begin(), names.end(), name), 1) << name;
    for (const auto* name : {"leader@coordinator1", "leader@worker1b", "patroni@etcd"})
        EXPECT_EQ(std::count(names.begin(), names.end(), name), 0) << name;
    EXPECT_EQ(nodes_of_target("leader@worker2", nodes),
              (std::vector<std::string>{"worker2", "worker2b"}));
    EXPECT_EQ(nodes_of_target("patroni@worker1", nodes), std::vector<std::string>{"worker1"});
}

} // namespace
} // namespace citusbench
