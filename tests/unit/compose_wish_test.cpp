#include <gtest/gtest.h>

#include "cluster/cluster_wish.hpp"
#include "containers/container_engine.hpp"
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

TEST(ComposeWish, AnOlderComposeIsNamedWithWhatToInstall) {
    for (const auto* good : {"2.23.0", "2.26.1-4", "v2.24.5", "2.100", "3.0"})
        EXPECT_EQ(refusal_of_compose(good), "") << good;
    for (const auto* old : {"1.29.2", "2.22.9", "v2.4", "dev"}) {
        const auto refusal = refusal_of_compose(old);
        EXPECT_NE(refusal.find(fmt::format("Compose is {}", old)), std::string::npos) << refusal;
        EXPECT_NE(refusal.find("install 2.23 or later"), std::string::npos) << refusal;
    }
    EXPECT_NE(refusal_of_compose("").find("has no command compose"), std::string::npos);
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
