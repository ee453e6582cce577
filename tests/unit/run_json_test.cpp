#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include "cli/make_plan.hpp"
#include "cli/options.hpp"
#include "core/error.hpp"
#include "report/json.hpp"
#include "support/not_empty.hpp"
#include "unit/golden.hpp"
#include "unit/sample_run.hpp"

namespace citusbench {
namespace {

using nlohmann::ordered_json;

std::string run_json_text(const RunRecord& record) {
    const test::TemporaryFolder folder;
    write_run_json(record, folder.path());
    return test::read_text(folder.path() / "run.json");
}

PlanSummary sample_plan() {
    PlanSummary plan;
    plan.threads = 2;
    plan.arrival = "constant";
    plan.warmup = "2s";
    plan.timeout = "5s";
    plan.interval = "1s";
    plan.protocol = "prepared";
    plan.retries = 1;
    plan.check_answers = 0.01;
    plan.error_backoff = "100ms";
    plan.faults = {"crash:worker2"};
    plan.cycle = {"20s", "12.5s", "20s", true, "disable:1s", 1};
    return plan;
}

RunSetup sample_setup() {
    RunSetup setup;
    setup.build = {"1.0", "0123abcd", 150004};
    setup.command_line = "citusbench --workload chat --label caf\xe9"; // not UTF-8
    setup.started_at = "2026-11-21T09:34:26Z";
    setup.run_number = 3;
    setup.run_time_us = 1'795'253'666'000'000;
    setup.load_time_us = 1'795'253'600'000'000;
    setup.workload_options = {{"members-per-room", "2"}, {"rooms", "1000"}};
    setup.weights = {70, 20, 5, 0.5};
    setup.deployment = {"citus", 2, 32, 1, "round-robin"};
    setup.plan = sample_plan();
    setup.share = {1, 2, 1'795'253'666'000'000};
    setup.commit_protocol = "two_phase";
    setup.machine = {"A CPU", 2, "8132412 kB", "Linux 6.1", "x86_64"};
    setup.servers = {{"coordinator",
                      1,
                      "host=127.0.0.1 password=***",
                      "PostgreSQL 17.5",
                      {{"max_connections", "300"}, {"fsync", "on"}},
                      {{"citus", "13.0-1"}}}};
    setup.nodes = {{"coordinator", "coordinator", "PostgreSQL 17.5", "127.0.0.1:5500", true},
                   {"worker1", "worker", "PostgreSQL 17.5", "127.0.0.1:5501", false}};
    setup.runtime = "processes";
    setup.patroni = {5, 1, 2, true};
    setup.load = {7000, 0.5, 0.25};
    return setup;
}

ClientSummary sample_client() {
    ClientSummary client;
    client.cost = {12.5, 1.75, 20480};
    client.health.send_lag = {50.5, 80, 90, 120};
    client.health.max_loop_stall_us = 310;
    client.health.late_timers = 1;
    client.health.latest_timer_us = 1100;
    client.health.thread_cpu_s = 1.5;
    client.health.thread_waiting_for_cpu_s = 0.125;
    client.health.niceness = -5;
    client.health.busiest_second = 0.5;
    client.health.saturated_seconds = 1;
    client.health.seconds = 104;
    client.health.cpu_steal = 0.0625;
    client.events = {1, 2, 3, 4, 5, 6, 7};
    client.rows_returned = {0, 4000, 12, 0};
    return client;
}

FaultHistory sample_faults() {
    FaultHistory faults;
    faults.zero_monotonic_ns = 1'000'000'000;
    faults.operator_policy = "disable:1s";
    faults.happened = {
        {"crash", {"worker2"}, 20, 20.0625, 21.5, 32.5, 33, std::nullopt, "a step failed"}};
    faults.keys = {{1, true, 0.25, 5100, 0.5}, {1, false, 0.125, 100, 0.5}};
    return faults;
}

RecoveryRow sample_recovery() {
    RecoveryRow row;
    row.fault = 1;
    row.kind = "crash";
    row.nodes = "worker2";
    row.operation = "write";
    row.key_group = "affected";
    row.time_to_first_error_ms = 1.5;
    row.unavailable_ms = 5100;
    row.gaps_ms = 5200;
    row.time_to_first_ok_ms = 5150;
    row.worst_operation_ms = 5000;
    row.worst_operation_censored = true;
    row.time_to_redundancy_ms = 13'000;
    return row;
}

CapacityRecord sample_capacity() {
    CapacityRecord capacity{"p99<20ms,failed<0.1%", {"response_p99_us", "failed"}, {}};
    capacity.probes = {{"whole-1", 1240, true, {14'000, 0}, 10, false, {}, 0.25},
                       {"whole-2", 2480, false, {{}, 3}, 4.5, true, {"p99 31.2 ms"}, 0.5}};
    capacity.settings = {{}, 0.05, 20, 1e6, {"down:worker2"}};
    capacity.closed_loop_ok_per_s = 2000.5;
    auto& whole = capacity.searches.emplace_back();
    whole.name = "whole";
    whole.outcome = "confirmed";
    whole.rate = 1240;
    whole.missed_rate = 1302;
    whole.within_tolerance = true;
    whole.steps_down = 1;
    whole.held_once = 1300;
    whole.probes = 9;
    whole.confirming_probe = "p99 14 ms, failed 0 %";
    whole.client_cpu_share = 0.5;
    whole.client_warnings = {"operations were sent late"};
    whole.client_was_the_limit = true;
    auto& down = capacity.searches.emplace_back();
    down.name = "down";
    down.conditions = "without worker2";
    down.outcome = "none";
    down.largest_allowed_rate_held = true;
    capacity.ratio = 0.5;
    capacity.overload = CapacityOverload{
        1240, 1860, 10,  5, 14'000, 900'000, {{0, 30'000, false, false}, {5, {}, true, true}},
        {},   10,   true};
    return capacity;
}

/// A record in which no section is absent; a real run never has all of them.
RunRecord record_with_every_section() {
    auto record = test::sample_run();
    record.details.setup = sample_setup();
    record.details.server_clock = {-1500, 180};
    record.capacity = sample_capacity();
    record.suite.emplace().name = "benchmark";
    record.suite->executions = 100;
    record.details.monitor = {53, 1, 900, 0.0625, {{"worker2", "connection refused"}}};
    record.warnings = {"the client's CPU was saturated"};
    record.details.client = sample_client();
    record.details.answer_check =
        AnswerCheckCost{0.01, {44, 1, 2, 3}, 0.5, 11.25, {{"latest", {44, 1, 2, 3}}}};
    record.details.faults = sample_faults();
    record.recovery = {sample_recovery()};
    auto& verification = record.verification.emplace();
    verification.checks = {{"lost", Verdict::fail, 1, "gone", {"message 7"}, true},
                           {"stale", Verdict::skipped, {}, "not looked for", {}, false}};
    verification.narrative = {"LOST: one acknowledged message is gone."};
    return record;
}

TEST(RunJson, EverySectionStandsInTheOrderOfTheContract) {
    test::expect_golden("report/run-every-section.json",
                        run_json_text(record_with_every_section()));
}

TEST(RunJson, ASectionThatIsAbsentIsLeftOut) {
    const auto json = ordered_json::parse(run_json_text(test::sample_run()));
    EXPECT_EQ(json.size(), 4U) << json.dump(2);
}

TEST(RunJson, TheServersClockAndTheMomentOfZeroStandSideBySideInARunWithFaults) {
    auto record = test::sample_run();
    record.details.server_clock = {-1500, 180};
    record.details.faults = sample_faults();
    const auto clock = ordered_json::parse(run_json_text(record))["clock"];
    EXPECT_EQ(clock.dump(), R"({"server_offset_us":-1500,"round_trip_us":180,)"
                            R"("zero_monotonic_ns":1000000000})");
}

TEST(RunJson, AMergedRunHandsOnWhatItsPartsSaidAndListsThem) {
    auto record = test::sample_run();
    record.warnings = {"client 2: operations were sent late"};
    auto& merged = record.details.merged.emplace();
    merged.common_members = R"({"version":"0.9","status":"running","of_another_version":[1,2.5]})";
    merged.clients = {{"one", 1, R"({"clock":{"round_trip_us":180},"machine":{"cores":2}})"},
                      {"two", 2, "{}"}};
    const auto json = ordered_json::parse(run_json_text(record));
    EXPECT_EQ(json["status"], "complete") << "what a part says replaces nothing";
    EXPECT_EQ(json["of_another_version"].dump(), "[1,2.5]");
    EXPECT_EQ(json["clients"].dump(),
              R"([{"run":"one","part":1,"clock":{"round_trip_us":180},"machine":{"cores":2}},)"
              R"({"run":"two","part":2}])");
    EXPECT_EQ(json["trust"].dump(),
              R"({"trusted":false,"reasons":["client 2: operations were sent late"]})");
    EXPECT_EQ(std::prev(json.end()).key(), "trust");
}

TEST(RunJson, AVerdictThatIsUnknownIsNotTakenForAnotherWhenItIsReadBack) {
    const test::TemporaryFolder folder;
    auto record = test::sample_run();
    record.details.setup = sample_setup();
    auto& check = record.verification.emplace().checks.emplace_back();
    check.name = "wrong_answers";
    check.verdict = Verdict::pass;
    auto text = run_json_text(record);
    const std::string known = R"("verdict": "pass",
        "count")";
    ASSERT_NE(text.find(known), std::string::npos);
    text.replace(text.find(known), known.size(), R"("verdict": "fine", "count")");
    test::write_text(folder.path() / "run.json", text);
    try {
        make_verify_plan(
            parse_run_options(std::vector<std::string>{"--verify-only", folder.path().string()}));
        FAIL() << "the folder was taken";
    } catch (const UsageError& error) {
        EXPECT_NE(std::string(error.what()).find("verdict 'fine'"), std::string::npos)
            << error.what();
    }
}

} // namespace
} // namespace citusbench
