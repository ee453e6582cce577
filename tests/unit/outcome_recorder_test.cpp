#include "worker/outcome_recorder.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <vector>

#include "support/null_load.hpp"
#include "worker/connection_events.hpp"
#include "worker/event_loop.hpp"
#include "worker/operation_schedule.hpp"

namespace citusbench {
namespace {

constexpr Ticks s_of_window = 1'000'000'000;

TEST(OutcomeRecorder, CountsWhatIsCalledForAndWhatBecameOfIt) {
    const test::NullWorkload workload;
    LoadPlan plan;
    plan.workload = &workload;
    plan.entries.resize(2);
    plan.entries[1].name = "second";
    plan.by_entry = true;
    OutcomeRecorder recorder(plan);
    const PhaseClock clock(0);
    recorder.begin(clock);
    PendingOperation operation;
    recorder.scheduled(operation);
    recorder.scheduled(operation);
    EXPECT_EQ(recorder.outstanding(), 2U);
    operation.entry = 1;
    recorder.completed(operation, Outcome::ok, 10, 20, 3);
    EXPECT_EQ(recorder.outstanding(), 1U);
    EXPECT_EQ(recorder.count(), 1U);
    Fanout fanout;
    fanout.not_sent = {1};
    recorder.parts_not_sent(fanout, Outcome::failed);
    WorkerBatch batch;
    recorder.take(batch);
    ASSERT_EQ(batch.windows.size(), 1U);
    const auto& window = *batch.windows.front();
    EXPECT_EQ(window.cells[0].scheduled, 2U);
    EXPECT_EQ(window.cells[0].count(Outcome::ok), 0U) << "an outcome is its entry's alone";
    EXPECT_EQ(window.cells[2].scheduled, 0U) << "and what was scheduled is counted once";
    EXPECT_EQ(window.cells[2].count(Outcome::ok), 1U);
    ASSERT_EQ(window.errors.size(), 1U);
    EXPECT_EQ(window.errors.begin()->first.condition, "not_sent");
    EXPECT_EQ(window.errors.begin()->first.node, "second");
    EXPECT_TRUE(batch.completions.empty()) << "reads are not handed over one by one";
    WorkerBatch next;
    recorder.take(next);
    EXPECT_TRUE(next.windows.empty());
}

/// What a recorder counted over all it handed over, by segment.
std::map<std::uint32_t, OpStats> by_segment(const std::vector<WorkerBatch>& batches) {
    std::map<std::uint32_t, OpStats> sums;
    for (const auto& batch : batches)
        for (const auto& window : batch.windows)
            for (const auto& cell : window->cells) sums[window->key.segment].merge(cell);
    return sums;
}

TEST(OutcomeRecorder, WhatHasNoOutcomeWhenAFaultBeginsBelongsToIt) {
    const test::NullWorkload workload;
    LoadPlan plan;
    plan.workload = &workload;
    plan.entries.resize(1);
    OutcomeRecorder recorder(plan);
    PhaseClock clock(0);
    recorder.begin(clock);
    const PendingOperation operation;
    for (int i = 0; i < 4; ++i) recorder.scheduled(operation);
    std::vector<WorkerBatch> batches(2);
    recorder.take(batches[0]); // they were published before the fault was known
    const auto fault = clock.announce(0, PhaseClock::InFlight::move);
    const auto healed = clock.announce(fault + 100);
    SentOperation sent;
    sent.operation = operation;
    recorder.completed(operation, Outcome::ok, 10, fault - 1, 1);
    recorder.completed(operation, Outcome::ok, 10, fault, 1);
    recorder.completed(operation, Outcome::failed, 10, healed + 5, 0);
    recorder.error(sent, Outcome::failed, false, pg::CompletionKind::deadline, {}, 0, healed + 5);
    recorder.completed(operation, Outcome::skipped, 0, healed + 9, 0);
    recorder.take(batches[1]);
    auto sums = by_segment(batches);
    EXPECT_EQ(sums[0].scheduled, 1U);
    EXPECT_EQ(sums[0].count(Outcome::ok), 1U) << "its answer came before";
    EXPECT_EQ(sums[1].scheduled, 3U);
    EXPECT_EQ(sums[1].count(Outcome::ok), 1U);
    EXPECT_EQ(sums[1].count(Outcome::failed), 1U) << "healing does not move it on";
    EXPECT_EQ(sums[1].count(Outcome::skipped), 1U);
    EXPECT_TRUE(sums[0].balanced() && sums[1].balanced());
    EXPECT_FALSE(sums.contains(2));
    for (const auto& window : batches[1].windows)
        EXPECT_EQ(window->errors.size(), window->key.segment == 1 ? 1U : 0U);
}

TEST(ConnectionEvents, OfOneKindAndEntryBecomeOneASecond) {
    ConnectionEvents events;
    events.add("connection_lost", "a", "first reason", 10);
    events.add("connection_lost", "a", "second reason", 20);
    events.add("connection_lost", "b", "other", 30);
    auto taken = events.take(100);
    ASSERT_EQ(taken.size(), 2U);
    EXPECT_EQ(taken[0].at, 10);
    EXPECT_EQ(taken[0].detail, "2 times: first reason");
    EXPECT_EQ(taken[1].subject, "b");
    EXPECT_EQ(taken[1].detail, "other");
    events.add("connection_restored", "a", "", 200);
    EXPECT_TRUE(events.take(100 + ConnectionEvents::report_every - 1).empty());
    EXPECT_EQ(events.take(never).size(), 1U) << "the end reports all";
}

TEST(WindowLocator, IntervalsCountFromZeroAndSegmentsFromTheirAnnouncement) {
    const auto begin = now_ticks();
    const auto zero = begin + s_of_window;
    PhaseClock clock(begin);
    WindowLocator window(clock, zero, s_of_window);
    EXPECT_EQ(window(zero), (WindowKey{0, 0}));
    EXPECT_EQ(window(zero - 1), (WindowKey{0, -1})) << "the warm-up is before zero";
    EXPECT_EQ(window(zero + s_of_window - 1), (WindowKey{0, 0}));
    EXPECT_EQ(window(zero + s_of_window), (WindowKey{0, 1}));
    const auto next = clock.announce(zero + s_of_window + 500);
    EXPECT_EQ(window(next - 1), (WindowKey{0, 1}));
    EXPECT_EQ(window(next), (WindowKey{1, 1})) << "it was announced within the last window asked";
    EXPECT_EQ(window(next - 1), (WindowKey{0, 1}));
}

TEST(EventLoop, NamesWhoseSocketHasSomethingAndElseWakesInTime) {
    EventLoopStats stats;
    EventLoop loop(stats);
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    int owner = 0;
    loop.watch(ends[0], EPOLLIN, &owner);
    std::vector<void*> named;
    const auto keep = [&](void* whose, std::uint32_t events) {
        named.push_back(whose);
        EXPECT_EQ(events, static_cast<std::uint32_t>(EPOLLIN));
    };
    const auto begun = now_ticks();
    EXPECT_GE(loop.wait(begun + 5'000'000, begun, keep), begun + 5'000'000);
    EXPECT_TRUE(named.empty());
    ASSERT_EQ(write(ends[1], "x", 1), 1);
    EXPECT_LT(loop.wait(begun + 60 * s_of_window, begun, keep), begun + 30 * s_of_window);
    EXPECT_EQ(named, std::vector<void*>{&owner});
    close(ends[0]);
    close(ends[1]);
}

} // namespace
} // namespace citusbench
