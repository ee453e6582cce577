#include "unit/sample_run.hpp"

#include "record/summarize.hpp"

namespace citusbench::test {
namespace {

constexpr std::int64_t us = 1'000;

/// `count` operations of the outcome whose response times are first_us, first_us + step_us, …
void add(OpStats& stats, Outcome outcome, std::uint64_t count, std::int64_t first_us,
         std::int64_t step_us) {
    const auto i = index_of(outcome);
    stats.scheduled += count;
    stats.outcomes[i] += count;
    for (std::int64_t n = 0; n < static_cast<std::int64_t>(count); ++n) {
        const auto response = (first_us + n * step_us) * us;
        stats.response[i].record(response);
        if (outcome != Outcome::skipped) stats.service[i].record(response - 100 * us);
    }
}

PhaseTotals phase(const char* name, double from_s, double to_s) {
    PhaseTotals totals;
    totals.name = name;
    totals.from_s = from_s;
    totals.to_s = to_s;
    totals.operations.resize(4);
    return totals;
}

void add_phases(RunRecord& record) {
    auto warmup = phase("warmup", -2, 0);
    add(warmup.operations[0], Outcome::ok, 5, 9000, 1000);
    auto before = phase("before", 0, 20);
    add(before.operations[0], Outcome::ok, 1400, 900, 3);
    add(before.operations[1], Outcome::ok, 400, 500, 2);
    add(before.operations[2], Outcome::ok, 3, 250, 250);
    auto during = phase("during", 20, 32.5);
    add(during.operations[0], Outcome::ok, 300, 1000, 900);
    add(during.operations[0], Outcome::failed, 12, 400, 10);
    add(during.operations[0], Outcome::unknown, 4, 5000000, 0);
    add(during.operations[0], Outcome::skipped, 2, 5000000, 0);
    add(during.operations[1], Outcome::ok, 100, 600, 10);
    add(during.operations[1], Outcome::failed, 1, 5000000, 0);
    add(during.operations[2], Outcome::skipped, 1, 5000000, 0);
    auto after = phase("after", 32.5, 52.5);
    add(after.operations[0], Outcome::ok, 1200, 950, 3);
    add(after.operations[1], Outcome::ok, 380, 510, 2);
    for (auto* each : {&warmup, &before, &during, &after})
        record.phases.push_back(std::move(*each));
}

void add_history(RunRecord& record) {
    const auto& phases = record.phases;
    record.timeline.push_back(timeline_row(-2, "warmup", "post", phases[0].operations[0]));
    record.timeline.push_back(timeline_row(0, "before", "post", phases[1].operations[0]));
    record.timeline.push_back(timeline_row(20.5, "during", "post", phases[2].operations[0]));
    record.timeline.push_back(timeline_row(20.5, "during", "unread", phases[2].operations[2]));
    record.events = {
        {-2.25, "phase", "warmup", ""},
        {20.0000015, "fault_confirmed", "worker2", "crash: the process is gone"},
        {20.0125, "connection_lost", "coordinator",
         "server closed the connection unexpectedly\nThis probably means, \"it\" died"}};
    record.errors = {{"during", "post", Outcome::failed, false, "08006", "connection_failure",
                      "worker2", 12, 20.01, 25.75, "connection to \"worker2\" failed, retry"},
                     {"during", "post", Outcome::unknown, false, "", "deadline", "coordinator", 4,
                      21, 30, "no answer within 5s"}};
    record.client =
        "send lag p99.9 90 µs, longest loop stall 310 µs, 0 late timers, 12 % of a core";
    record.narrative = {
        "While worker2 was down, 48.2 % of the rooms could not be written for 5.1 s; reads of the "
        "other rooms continued, and after the healing everything was back to baseline.",
        "Verification: 2,900 acknowledged posts are all there, none twice."};
}

} // namespace

RunRecord sample_run() {
    RunRecord record;
    record.labels = {"20261121T093426Z-chat-demo",
                     "chat",
                     "active-active",
                     "fdw",
                     1,
                     "rooms=1000,members-per-room=2,messages-per-room=5,message-bytes=120",
                     7,
                     "post=70,latest=20,unread=5",
                     "zipf:0.99",
                     16,
                     4,
                     2,
                     250.5};
    record.operations = {{"post", true}, {"latest", false}, {"unread", false}, {"page", false}};
    add_phases(record);
    add_history(record);
    return record;
}

} // namespace citusbench::test
