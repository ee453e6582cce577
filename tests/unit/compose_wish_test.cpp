#include <gtest/gtest.h>

#include "cluster/cluster_wish.hpp"
#include "core/error.hpp"

namespace citusbench {
namespace {

std::string refusal(const ClusterWish& wish) {
    try {
        make_compose_spec(wish);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "";
}

TEST(ComposeWish, ContainersRunCitusWithWhatComposeYmlHas) {
    ClusterWish wish;
    wish.topology = "multi-master";
    wish.workers = 4;
    const auto spec = make_compose_spec(wish);
    EXPECT_EQ(spec.runtime, Runtime::compose);
    EXPECT_EQ(spec.engine, Engine::citus);
    EXPECT_EQ(spec.workers, 4);
    EXPECT_EQ(spec.replication, 2);
    wish.topology = "single";
    wish.workers.reset();
    EXPECT_EQ(make_compose_spec(wish).replication, 1);
}

TEST(ComposeWish, WorkersWithReplicasAreFewer) {
    ClusterWish wish;
    wish.topology = "active-passive";
    EXPECT_EQ(make_compose_spec(wish).workers, 3);
    wish.replicas_per_worker = 1;
    EXPECT_EQ(make_compose_spec(wish).workers, 2);
    EXPECT_EQ(make_compose_spec(wish).replicas_per_worker, 1);
    wish.workers = 3;
    EXPECT_NE(refusal(wish).find("--workers 3: compose.yml has 2"), std::string::npos);
}

TEST(ComposeWish, WhatComposeYmlFixesIsRefusedWithItsNumber) {
    ClusterWish wish;
    wish.workers = 6;
    EXPECT_EQ(refusal(wish),
              "--workers 6: compose.yml has 4; leave it out, or take --runtime local");
    wish = {};
    wish.engine = "fdw";
    EXPECT_NE(refusal(wish).find("--engine fdw"), std::string::npos);
    wish = {};
    wish.topology = "active-passive";
    wish.replicas_per_worker = 2;
    EXPECT_NE(refusal(wish).find("--replicas-per-worker 2: compose.yml has 1"), std::string::npos);
}

} // namespace
} // namespace citusbench
