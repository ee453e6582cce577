#include <gtest/gtest.h>

#include "cluster/make_cluster_spec.hpp"
#include "containers/container_engine.hpp"
#include "core/error.hpp"

namespace citusbench {
namespace {

std::string compose_refusal(const ClusterOptions& options) {
    try {
        make_compose_spec(options);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "";
}

TEST(ComposeOptions, AnOlderComposeIsNamedWithWhatToInstall) {
    for (const auto* good : {"2.23.0", "2.26.1-4", "v2.24.5", "2.100", "3.0"})
        EXPECT_EQ(refusal_of_compose(good), "") << good;
    for (const auto* old : {"1.29.2", "2.22.9", "v2.4", "dev"}) {
        const auto refusal = refusal_of_compose(old);
        EXPECT_NE(refusal.find(fmt::format("with Compose {}", old)), std::string::npos) << refusal;
        EXPECT_NE(refusal.find("install 2.23 or later"), std::string::npos) << refusal;
    }
    EXPECT_NE(refusal_of_compose("").find("has no command compose"), std::string::npos);
}

TEST(ContainerCommands, AnErrorNamesTheCommandAndNotTheOptionsBeforeIt) {
    EXPECT_EQ(name_of_command({"/usr/bin/docker"}, {"kill", "--signal", "KILL", "id"}),
              "docker kill");
    const ContainerEngine::Args up = {"--project-name", "p", "--file", "compose.yml",
                                      "--profile",      "x", "up",     "--detach"};
    EXPECT_EQ(name_of_command({"/usr/bin/docker", "compose"}, up), "docker compose up");
    EXPECT_EQ(name_of_command({"/usr/local/bin/docker-compose"}, up), "docker-compose up");
}

TEST(ComposeOptions, ContainersRunCitusWithWhatComposeYmlHas) {
    ClusterOptions options;
    options.topology = "multi-master";
    options.workers = 4;
    const auto spec = make_compose_spec(options);
    EXPECT_EQ(spec.runtime, Runtime::compose);
    EXPECT_EQ(spec.engine, Engine::citus);
    EXPECT_EQ(spec.workers, 4);
    EXPECT_EQ(spec.replication, 2);
    options.topology = "single";
    options.workers.reset();
    EXPECT_EQ(make_compose_spec(options).replication, 1);
}

TEST(ComposeOptions, WorkersWithReplicasAreFewer) {
    ClusterOptions options;
    options.topology = "active-passive";
    EXPECT_EQ(make_compose_spec(options).workers, 3);
    options.replicas_per_worker = 1;
    EXPECT_EQ(make_compose_spec(options).workers, 2);
    EXPECT_EQ(make_compose_spec(options).replicas_per_worker, 1);
    options.workers = 3;
    EXPECT_NE(compose_refusal(options).find("--workers 3: compose.yml has 2"), std::string::npos);
}

TEST(ComposeOptions, WhatComposeYmlFixesIsRefusedWithItsNumber) {
    ClusterOptions options;
    options.workers = 6;
    EXPECT_EQ(compose_refusal(options),
              "--workers 6: compose.yml has 4; leave it out, or use --runtime local");
    options = {};
    options.engine = "fdw";
    EXPECT_NE(compose_refusal(options).find("--engine fdw"), std::string::npos);
    options = {};
    options.topology = "active-passive";
    options.replicas_per_worker = 2;
    EXPECT_NE(compose_refusal(options).find("--replicas-per-worker 2: compose.yml has 1"),
              std::string::npos);
}

} // namespace
} // namespace citusbench
