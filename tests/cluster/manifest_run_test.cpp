#include <fstream>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/end_witness.hpp"
#include "support/measures_time.hpp"
#include "support/run_fixture.hpp"

namespace citusbench {
namespace {

using nlohmann::json;

/// Runs on a cluster that only its manifest tells of: another state folder keeps it.
class ManifestRunTest : public test::RunFixture {
  protected:
    void discover(const test::Args& up_options) {
        test::Args up = {"cluster", "up", "--shards", "8"};
        up.insert(up.end(), up_options.begin(), up_options.end());
        const auto started = run(up);
        ASSERT_EQ(started.code, 0) << started.all();
        const auto found =
            run({"cluster", "discover", "--dsn", kept_conninfo(), "--output", file_.string()});
        ASSERT_EQ(found.code, 0) << found.all();
        EXPECT_EQ(found.err, "") << "of every node it is known how to break it";
    }
    test::Args on_manifest(const test::Options& more) const {
        test::Options options = {{"--cluster", file_.string()},
                                 {"--before", "1s"},
                                 {"--during", "1s"},
                                 {"--after", "2s"}};
        for (const auto& [name, value] : more) options[name] = value;
        return chat(options);
    }
    void change(const std::function<void(json&)>& work) const {
        std::ifstream in(file_);
        auto manifest = json::parse(in);
        work(manifest);
        std::ofstream(file_) << manifest;
    }

    std::filesystem::path file_ = work_ / "cluster.json";
};

/// Compares moments to milliseconds.
class ManifestCrashMomentTest : public ManifestRunTest {};
MEASURES_TIME(ManifestCrashMomentTest);

TEST_F(ManifestCrashMomentTest, AServerIsCrashedAndStartedAsTheFileSays) {
    discover({"--topology", "single", "--engine", "fdw"});
    std::ifstream file(file_);
    const auto directory =
        json::parse(file)["nodes"][0]["control"]["process"]["directory"].get<std::string>();
    auto gone = test::witness_end_of_server(directory);
    const auto finished = run(on_manifest({{"--kill", "server"}, {"--label", "m"}}));
    EXPECT_EQ(finished.code, 0) << finished.all();
    EXPECT_NEAR(moment("fault_confirmed", "server"), test::elapsed_s(run_json(), gone.get()),
                0.010);
    EXPECT_LT(summary("during").count("ok"), summary("before").count("ok"));
    EXPECT_GT(summary("after").count("ok"), 0U);
    expect_no_check_failed();
    EXPECT_EQ(run({"cluster", "status", "--cluster", file_.string()}).code, 0);
}

TEST_F(ManifestRunTest, CommandsInjectAndHealAndAFailingOneSaysWhy) {
    discover({"--topology", "single", "--engine", "fdw"});
    change([](json& manifest) {
        auto& control = manifest["nodes"][0]["control"];
        const auto directory = control["process"]["directory"].get<std::string>();
        const auto start = control["process"]["start"].get<std::string>();
        control = {{"command",
                    {{"stop", "kill -INT $(head -1 " + directory + "/postmaster.pid)"},
                     {"start", start},
                     {"crash", "echo out of order >&2; false"}}}};
    });
    const auto stopped = run(on_manifest({{"--fault", "stop:server"}}));
    EXPECT_EQ(stopped.code, 0) << stopped.all();
    EXPECT_GT(summary("after").count("ok"), 0U);
    const auto failed = run(on_manifest({{"--kill", "server"}, {"--label", "f"}}));
    EXPECT_EQ(failed.code, 1) << failed.all();
    EXPECT_TRUE(failed.says("out of order")) << failed.all();
}

TEST_F(ManifestRunTest, AControlThatDoesNotSeeTheNodeIsToldInsteadOfAnOutage) {
    discover({"--topology", "single", "--engine", "fdw"});
    const auto expect_told = [&](const std::string& control) {
        const auto finished = run(on_manifest({{"--kill", "server"}}));
        EXPECT_EQ(finished.code, 1) << finished.all();
        EXPECT_TRUE(finished.says("server answers at")) << finished.all();
        EXPECT_TRUE(finished.says(control)) << finished.all();
    };
    change([](json& manifest) {
        auto& process = manifest["nodes"][0]["control"]["process"];
        process["directory"] = "/var/lib/nobody/is/here";
    });
    expect_told("process in /var/lib/nobody/is/here");
    change([](json& manifest) {
        manifest["nodes"][0]["control"] = {
            {"command", {{"crash", "true"}, {"start", "true"}, {"probe", "false"}}}};
    });
    expect_told("probe: false");
}

TEST_F(ManifestRunTest, WhatTheFileHasNoWayToDoIsRefusedBeforeAnythingIsTouched) {
    discover({"--topology", "single", "--engine", "fdw"});
    for (const auto* fault :
         {"partition:server", "slow:server:5ms", "postmaster:server", "crash:worker1"}) {
        const auto refused = run(on_manifest({{"--fault", fault}}));
        EXPECT_EQ(refused.code, 2) << refused.all();
    }
    change([](json& manifest) { manifest["nodes"][0]["control"]["process"].erase("start"); });
    const auto refused = run(on_manifest({{"--kill", "server"}}));
    EXPECT_EQ(refused.code, 2) << refused.all();
    EXPECT_TRUE(refused.says(R"(crash of server needs "start" in its control)")) << refused.all();
    EXPECT_TRUE(result_folders().empty());
    const auto again = run({"cluster", "discover", "--dsn", kept_conninfo(), "-o", file_.string()});
    EXPECT_EQ(again.code, 2) << again.all();
}

TEST_F(ManifestRunTest, OnCitusAWorkerIsCrashedAndItsRoomsAreTheAffectedOnes) {
    if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    discover({"--engine", "citus", "--workers", "3"});
    const auto finished = run(on_manifest({{"--kill", "worker3"}, {"--rooms", "200"}}));
    EXPECT_EQ(finished.code, 0) << finished.all();
    EXPECT_EQ(summary("during", "post", "unaffected").count("failed"), 0U);
    EXPECT_GT(summary("during", "post", "affected").count("failed"), 0U);
    expect_no_check_failed();
}

} // namespace
} // namespace citusbench
