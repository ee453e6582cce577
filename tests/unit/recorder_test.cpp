#include "stats/recorder.hpp"

#include <gtest/gtest.h>

#include "core/random.hpp"
#include "support/not_empty.hpp"

namespace citusbench {
namespace {

constexpr std::size_t recorded_kinds = 3;

struct Sums {
    std::map<WindowKey, std::vector<OpStats>> operations;
    std::map<WindowKey, ErrorMap> errors;

    void add(const Window& window) {
        auto& sums = operations[window.key];
        sums.resize(recorded_kinds);
        for (std::size_t i = 0; i < recorded_kinds; ++i) sums[i].merge(window.cells[i]);
        for (const auto& [key, error_count] : window.errors)
            errors[window.key][key].merge(error_count);
    }
};

/// The same 20,000 operations whatever the recorders are: operation i goes to `recorder_of(i)`.
template <typename RecorderOf>
void record_everything(RecorderOf recorder_of) {
    for (std::uint64_t i = 0; i < 20'000; ++i) {
        Random random(1, 2, i);
        Recorder& recorder = recorder_of(i);
        const WindowKey key{static_cast<std::uint32_t>(random.below(3)),
                            static_cast<std::int32_t>(random.below(5)) - 2};
        const auto kind = static_cast<std::uint32_t>(random.below(recorded_kinds));
        const auto outcome = static_cast<Outcome>(random.below(outcome_count));
        const auto intended = static_cast<Ticks>(random.below(1'000'000));
        const auto sent = intended + static_cast<Ticks>(random.below(1'000'000));
        const auto done = sent + static_cast<Ticks>(random.below(1'000'000'000));
        recorder.scheduled(key, kind);
        recorder.completed(key, kind, outcome, intended, sent, done, 2);
        if (outcome != Outcome::ok)
            recorder.error(key, kind, outcome, false, "57P01", "admin_shutdown", "worker1",
                           static_cast<Ticks>(i), "message");
    }
}

void expect_same_stats(const OpStats& one, const OpStats& other) {
    EXPECT_EQ(one.scheduled, other.scheduled);
    EXPECT_EQ(one.outcomes, other.outcomes);
    EXPECT_EQ(one.rows, other.rows);
    for (std::size_t i = 0; i < outcome_count; ++i) {
        EXPECT_EQ(one.response[i].count(), other.response[i].count());
        EXPECT_EQ(one.response[i].quantile(0.9), other.response[i].quantile(0.9));
        EXPECT_EQ(one.service[i].count(), other.service[i].count());
        EXPECT_EQ(one.service[i].max(), other.service[i].max());
    }
}

TEST(Recorder, ThePiecesOfManyThreadsAddUpToTheWhole) {
    Sums whole;
    Recorder one(recorded_kinds);
    record_everything([&](auto) -> Recorder& { return one; });
    for (const auto& window : one.take()) whole.add(*window);

    Sums pieces;
    std::vector<Recorder> several;
    for (int i = 0; i < 4; ++i) several.emplace_back(recorded_kinds);
    record_everything([&](std::uint64_t i) -> Recorder& {
        auto& recorder = several[i % several.size()];
        if (i % 97 == 0)
            for (const auto& window : recorder.take()) pieces.add(*window);
        return recorder;
    });
    for (auto& recorder : several)
        for (const auto& window : recorder.take()) pieces.add(*window);

    ASSERT_EQ(whole.operations.size(), 15U);
    ASSERT_EQ(pieces.operations.size(), whole.operations.size());
    for (const auto& [key, operations] : whole.operations)
        for (std::size_t i = 0; i < recorded_kinds; ++i)
            expect_same_stats(operations[i], pieces.operations[key][i]);
    for (const auto& [key, errors] : test::not_empty(whole.errors))
        for (const auto& [error, error_count] : errors) {
            const auto& other = pieces.errors[key][error];
            EXPECT_EQ(error_count.count, other.count);
            EXPECT_EQ(error_count.first, other.first);
            EXPECT_EQ(error_count.last, other.last);
        }
}

TEST(Recorder, ScheduledIsTheSumOfTheOutcomesOnceEveryOperationEnded) {
    Recorder recorder(recorded_kinds);
    record_everything([&](auto) -> Recorder& { return recorder; });
    for (const auto& window : test::not_empty(recorder.take()))
        for (const auto& stats : test::not_empty(window->cells)) {
            EXPECT_TRUE(stats.balanced());
            EXPECT_EQ(stats.completed(), stats.scheduled);
        }
    recorder.scheduled({0, 0}, 1);
    EXPECT_FALSE(recorder.take().at(0)->cells[1].balanced()) << "one has no outcome yet";
}

TEST(Recorder, ResponseCountsFromTheIntendedStartAndServiceFromTheSend) {
    Recorder recorder(recorded_kinds);
    recorder.scheduled({0, 0}, 0);
    recorder.completed({0, 0}, 0, Outcome::ok, 100, 300, 1000, 7);
    const auto windows = recorder.take();
    const auto& stats = windows.at(0)->cells[0];
    EXPECT_EQ(stats.response[index_of(Outcome::ok)].max(), 900U);
    EXPECT_EQ(stats.service[index_of(Outcome::ok)].max(), 700U);
    EXPECT_EQ(stats.rows, 7U);
}

TEST(Recorder, AnOperationThatWasNeverSentHasNoServiceTime) {
    Recorder recorder(recorded_kinds);
    recorder.completed({0, 0}, 0, Outcome::skipped, 100, 0, 1000, 0);
    const auto windows = recorder.take();
    const auto& stats = windows.at(0)->cells[0];
    EXPECT_EQ(stats.response[index_of(Outcome::skipped)].max(), 900U);
    EXPECT_TRUE(stats.service[index_of(Outcome::skipped)].empty());
}

TEST(Recorder, ATakenWindowIsNotHandedOverTwice) {
    Recorder recorder(recorded_kinds);
    recorder.scheduled({0, 0}, 0);
    EXPECT_EQ(recorder.take().size(), 1U);
    EXPECT_TRUE(recorder.take().empty());
    recorder.scheduled({0, 0}, 0);
    EXPECT_EQ(recorder.take().at(0)->cells[0].scheduled, 1U);
}

TEST(ErrorCount, KeepsTheSampleOfTheFirstAndTheTimeOfTheLast) {
    ErrorCount early{2, 10, 20, "early"};
    const ErrorCount late{3, 15, 90, "late"};
    auto sum = late;
    sum.merge(early);
    EXPECT_EQ(sum.count, 5U);
    EXPECT_EQ(sum.first, 10);
    EXPECT_EQ(sum.last, 90);
    EXPECT_EQ(sum.sample, "early");
    early.merge(late);
    EXPECT_EQ(early.sample, "early");
}

} // namespace
} // namespace citusbench
