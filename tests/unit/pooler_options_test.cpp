#include <gtest/gtest.h>

#include <functional>

#include "cluster/make_cluster_spec.hpp"
#include "core/error.hpp"
#include "service/service.hpp"

namespace citusbench {
namespace {

const LocalPostgres postgres = {"/usr/lib/postgresql/15/bin", "15.20", 15, false, true};

ClusterSpec pooled(const std::string& topology, const std::string& mode = "transaction") {
    ClusterOptions options;
    options.topology = topology;
    options.pooling = mode;
    return make_cluster_spec(options, postgres);
}

std::string pooler_refusal(const std::function<void(ClusterOptions&)>& change) {
    ClusterOptions options;
    change(options);
    try {
        make_cluster_spec(options, postgres);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "(accepted)";
}

/// "name<upstream" of the nodes that clients connect to.
std::vector<std::string> entries_of(const ClusterSpec& spec) {
    std::vector<std::string> entries;
    for (const auto& node : nodes_of(spec))
        if (node.is_entry) entries.push_back(node.name + "<" + node.upstream);
    return entries;
}

using Names = std::vector<std::string>;

TEST(PoolerOptions, EachEntryPointGetsAPoolerInFront) {
    EXPECT_EQ(entries_of(pooled("active-active")), Names{"pooler<coordinator"});
    EXPECT_EQ(entries_of(pooled("multi-master")), Names{"pooler<lb"});
    EXPECT_EQ(entries_of(pooled("dual-cluster")),
              (Names{"a.pooler<a.coordinator", "b.pooler<b.coordinator"}));
    auto spec = pooled("multi-master");
    spec.entries = {"writer1", "writer2"};
    EXPECT_EQ(entries_of(spec), (Names{"pooler1<writer1", "pooler2<writer2"}));
}

TEST(PoolerOptions, APoolIsAsLargeAsItsModeNeeds) {
    EXPECT_EQ(pooled("active-active").pool_size, 20);
    EXPECT_EQ(pooled("active-active", "session").pool_size, 64); // of 16 connections
    EXPECT_EQ(make_cluster_spec({}, postgres).pooling, Pooling::none);
}

TEST(PoolerOptions, WhatCannotBeIsRefused) {
    EXPECT_EQ(pooler_refusal([](auto& options) { options.pooling = "statement"; }),
              "--pooler statement: use transaction or session");
    EXPECT_EQ(pooler_refusal([](auto& options) { options.pool_size = 3; }),
              "--pool-size 3: there is no pool without --pooler; add it, or leave this out");
    const auto with_size = [](int size, const char* mode) {
        return pooler_refusal([&](auto& options) {
            options.pooling = mode;
            options.pool_size = size;
        });
    };
    EXPECT_EQ(with_size(0, "transaction"),
              "--pool-size 0: must be a whole number between 1 and 10000");
    EXPECT_EQ(with_size(15, "session"),
              "--pool-size 15: with --pooler session each of the 16 connections holds one of them "
              "for good, and the others wait; give at least 16, or use --pooler transaction");
    EXPECT_EQ(with_size(16, "session"), "(accepted)");
}

TEST(PoolerOptions, ContainersHaveNone) {
    ClusterOptions options;
    options.pooling = "session";
    EXPECT_THROW(make_compose_spec(options), UsageError);
}

TEST(PoolerOptions, PgbouncerKeepsWhatWasPreparedFrom121On) {
    EXPECT_FALSE(pooler_keeps_prepared("1.18.0"));
    EXPECT_FALSE(pooler_keeps_prepared("1.9"));
    EXPECT_FALSE(pooler_keeps_prepared(""));
    EXPECT_TRUE(pooler_keeps_prepared("1.21.0"));
    EXPECT_TRUE(pooler_keeps_prepared("1.24.1"));
    EXPECT_TRUE(pooler_keeps_prepared("2.0"));
}

} // namespace
} // namespace citusbench
