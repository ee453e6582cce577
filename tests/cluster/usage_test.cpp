#include <gtest/gtest.h>

#include "support/run_fixture.hpp"

namespace citusbench {
namespace {

/// Bad input: exit code 2, one line that names the option, the value and the fix, nothing touched.
class UsageTest : public test::RunFixture {
  protected:
    void expect_one_line(const test::Finished& finished, int code, const test::Args& parts) const {
        EXPECT_EQ(finished.code, code) << finished.all();
        EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), 1) << finished.err;
        EXPECT_EQ(finished.err.rfind("citusbench: ", 0), 0U) << finished.err;
        for (const auto& part : parts)
            EXPECT_NE(finished.err.find(part), std::string::npos)
                << "'" << part << "' is not in: " << finished.err;
        EXPECT_FALSE(std::filesystem::exists(results_)) << "a results folder is left";
    }

    void expect_refusal(const test::Args& args, const test::Args& parts) const {
        const auto finished = run(args, 10);
        SCOPED_TRACE(testing::PrintToString(args));
        EXPECT_LT(finished.seconds, 5);
        expect_one_line(finished, 2, parts);
        expect_nothing_left();
    }

    std::string file(const std::string& name, const std::string& text) const {
        std::ofstream(work_ / name) << text;
        return (work_ / name).string();
    }
};

TEST_F(UsageTest, WhatDoesNotExistIsNamedWithWhatDoes) {
    expect_refusal(chat({{"--colour", "red"}}), {"--colour", "--help-all"});
    expect_refusal({"--workload", "chess"}, {"--workload chess", "chat", "spatial"});
    expect_refusal({"frobnicate"}, {"frobnicate", "--help"});
    expect_refusal({"--workload", "chat", "surplus"}, {"'surplus'"});
    expect_refusal(chat({{"--kill", "worker9"}}),
                   {"--kill worker9", "coordinator, worker1, worker2"});
    expect_refusal(chat({{"--fault", "meteor:worker1"}}), {"meteor", "crash"});
    expect_refusal(chat({{"--mix", "sing=1"}}), {"--mix sing=1", "post", "latest"});
    expect_refusal(chat({{"--engine", "oracle"}}), {"--engine oracle", "citus", "fdw"});
    expect_refusal(chat({{"--topology", "ring"}}), {"--topology ring", "active-active"});
}

TEST_F(UsageTest, NumbersAndTimesWithoutMeaningAreRefused) {
    expect_refusal(chat({{"--connections", "0"}}), {"--connections 0", "between 1 and"});
    expect_refusal(chat({{"--connections", "-4"}}), {"--connections -4", "1000, 10k"});
    expect_refusal(chat({{"--duration", "soon"}}), {"--duration soon", "500ms, 20s or 2m"});
    expect_refusal(chat({{"--duration", "-1s"}}), {"--duration -1s", "500ms, 20s or 2m"});
    expect_refusal(chat({{"--warmup", "x"}}), {"--warmup x", "500ms, 20s or 2m"});
    expect_refusal(chat({{"--rate", "0"}}), {"--rate 0", "above zero"});
    expect_refusal(chat({{"--keys", "zipf"}}), {"--keys zipf", "zipf:THETA"});
    expect_refusal(chat({{"--progress", "loud"}}), {"--progress loud", "plain"});
    expect_refusal(chat({{"--rooms", "0"}}), {"--rooms 0"});
}

TEST_F(UsageTest, OptionsThatContradictEachOtherAreRefused) {
    expect_refusal(chat({{"--before", "1s"}}), {"--before 1s", "--kill NODE"});
    expect_refusal(chat({{"--kill", "worker1"}, {"--no-heal", ""}, {"--after", "1s"}}),
                   {"--after", "--no-heal"});
    expect_refusal(chat({{"--kill", "worker1"}, {"--duration", "1s"}}),
                   {"--duration 1s", "--before"});
    expect_refusal(chat({{"--batch", "4"}, {"--pipeline", "2"}}), {"--batch 4", "--pipeline 2"});
    expect_refusal(chat({{"--threads", "8"}}), {"--threads 8", "--connections 4"});
    expect_refusal(chat({{"--replication", "3"}}), {"--replication 3"});
    expect_refusal(chat({{"--dsn", "host=127.0.0.1"}, {"--kill", "worker1"}}),
                   {"--kill worker1", "--dsn"});
    expect_refusal(chat({{"--dsn", "host=127.0.0.1"}, {"--keep", ""}}), {"--keep", "--dsn"});
}

TEST_F(UsageTest, CitusCannotHoldMoreCopiesThanThereAreWorkers) {
    if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    expect_refusal(chat({{"--engine", "citus"}, {"--replication", "3"}}),
                   {"--replication 3", "--workers"});
}

TEST_F(UsageTest, FilesThatCannotServeAreRefused) {
    const auto regions = [&](const std::string& path, const std::string& field = "") {
        test::Options options = {{"--regions", path}};
        if (!field.empty()) options["--region-field"] = field;
        return spatial(options);
    };
    const auto feature = [](const std::string& geometry) {
        return R"({"type":"FeatureCollection","features":[{"type":"Feature","properties":)"
               R"({"name":"a"},"geometry":)" +
               geometry + "}]}";
    };
    const auto square =
        feature(R"({"type":"Polygon","coordinates":[[[10,60],[11,60],[11,61],[10,61],[10,60]]]})");
    expect_refusal(regions("/no/such.geojson"), {"--regions /no/such.geojson"});
    expect_refusal(regions(file("empty.geojson", "")), {"--regions", "empty.geojson"});
    expect_refusal(
        regions(file("points.geojson", feature(R"({"type":"Point","coordinates":[10,60]})"))),
        {"--regions", "points.geojson", "olygon"});
    expect_refusal(regions(file("square.geojson", square), "nome"), {"--region-field nome"});
    expect_refusal(chat({{"--config", "/no/such.ini"}}), {"--config /no/such.ini"});
    const auto in_the_way = file("in_the_way", "");
    expect_refusal(chat({{"--results", in_the_way + "/results"}}), {"--results " + in_the_way});
    expect_refusal(chat({{"--label", "a/b"}}), {"--label", "a/b"});
}

TEST_F(UsageTest, ADsnThatLibpqCannotReadIsRefusedWithoutItsPassword) {
    for (const auto* dsn : {"hots=h password=sesame", "postgresql://u:sesame@h:port:port/d?x=y"}) {
        const auto finished = run(chat({{"--dsn", dsn}}), 10);
        expect_one_line(finished, 2, {"--dsn", "psql"});
        EXPECT_FALSE(finished.says("sesame")) << finished.err;
    }
}

TEST_F(UsageTest, ADsnThatCannotBeReachedIsToldAfterTenSecondsWithoutItsPassword) {
    test::Args dsns = {"host=127.0.0.1 port=1 password=sesame",
                       "postgresql://u:sesame@127.0.0.1:1/d"};
    const auto folder = work_ / "second";
    std::filesystem::create_directory(folder);
    test::Program one(work_, chat({{"--dsn", dsns[0]}}));
    test::Program other(folder, chat({{"--dsn", dsns[1]}})); // both wait at the same time
    for (auto* program : {&one, &other}) {
        const auto finished = program->finish(30);
        EXPECT_LT(finished.seconds, 12);
        EXPECT_FALSE(finished.says("sesame")) << finished.err;
        EXPECT_EQ(finished.code, 1) << finished.all();
        EXPECT_NE(finished.err.find("refused"), std::string::npos) << finished.err;
        EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), 1) << finished.err;
    }
    expect_nothing_left();
}

TEST_F(UsageTest, AFaultOnAnotherServerThanTheKeptClusterIsRefused) {
    cluster_up(1);
    const auto other = test::start_cluster(test::postgres_spec());
    const auto dsn = other->conninfo(other->nodes().front());
    const auto finished = run(chat({{"--dsn", dsn}, {"--kill", "worker1"}}));
    expect_one_line(finished, 2, {"--kill worker1", "--dsn"});
    EXPECT_EQ(run({"cluster", "status"}).code, 0);
    EXPECT_EQ(test::ask(dsn, "select count(*) from pg_namespace where nspname = 'citusbench'"),
              "0");
}

TEST_F(UsageTest, AStrangersSchemaIsRefused) {
    const auto cluster = test::start_cluster(test::postgres_spec());
    const auto dsn = cluster->conninfo(cluster->nodes().front());
    test::ask(dsn, "create schema citusbench; create table citusbench.rooms (gold text); "
                   "insert into citusbench.rooms values ('treasure') returning 1");
    expect_one_line(run(chat({{"--dsn", dsn}})), 2, {"citusbench.marker", "--dsn"});
    EXPECT_EQ(test::ask(dsn, "select gold from citusbench.rooms"), "treasure");
}

} // namespace
} // namespace citusbench
