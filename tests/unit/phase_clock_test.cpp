#include "load/phase_clock.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace citusbench {
namespace {

constexpr Ticks clock_second = 1'000'000'000;

TEST(PhaseClock, AMomentBelongsToTheLastSegmentThatHasBegun) {
    const auto start = now_ticks();
    PhaseClock clock(start);
    const auto first = clock.announce(start + 10 * clock_second);
    const auto second_begin = clock.announce(start + 20 * clock_second);
    EXPECT_EQ(clock.segments(), 3U);
    EXPECT_EQ(first, start + 10 * clock_second);
    EXPECT_EQ(clock.segment_at(start - clock_second), 0U);
    EXPECT_EQ(clock.segment_at(start), 0U);
    EXPECT_EQ(clock.segment_at(first - 1), 0U);
    EXPECT_EQ(clock.segment_at(first), 1U);
    EXPECT_EQ(clock.segment_at(second_begin - 1), 1U);
    EXPECT_EQ(clock.segment_at(second_begin), 2U);
    EXPECT_EQ(clock.segment_at(start + 1000 * clock_second), 2U);
    EXPECT_EQ(clock.end_of(0), first);
    EXPECT_EQ(clock.end_of(1), second_begin);
    EXPECT_EQ(clock.end_of(2), never);
}

TEST(PhaseClock, ABeginningIsNeverAnnouncedInThePast) {
    PhaseClock clock(now_ticks() - 100 * clock_second);
    for (const auto back : {50 * clock_second, Ticks{0}}) {
        const auto before = now_ticks();
        const auto begin = clock.announce(before - back);
        EXPECT_GE(begin, before + PhaseClock::announce_ahead);
        EXPECT_EQ(clock.begin_of(clock.segments() - 1), begin);
    }
}

TEST(PhaseClock, WhatIsInFlightMovesToTheFirstFaultThatItMet) {
    PhaseClock clock(0);
    EXPECT_EQ(clock.segment_of(0, never), 0U);
    const auto first = clock.announce(0, PhaseClock::InFlight::move);
    clock.announce(first + clock_second);
    clock.announce(first + 2 * clock_second);
    const auto second = clock.announce(first + 3 * clock_second, PhaseClock::InFlight::move);
    EXPECT_EQ(clock.segment_of(0, first - 1), 0U);
    EXPECT_EQ(clock.segment_of(0, first), 1U);
    EXPECT_EQ(clock.segment_of(0, second + 1), 1U);
    EXPECT_EQ(clock.segment_of(1, second - 1), 1U);
    EXPECT_EQ(clock.segment_of(2, second - 1), 2U);
    EXPECT_EQ(clock.segment_of(2, second), 4U);
    EXPECT_EQ(clock.segment_of(4, never), 4U);
}

TEST(PhaseClock, ACutWinsOverTheEndWhicheverComesFirst) {
    PhaseClock clock(0);
    EXPECT_EQ(clock.end(), never);
    clock.set_end(100);
    EXPECT_EQ(clock.end(), 100);
    clock.cut(50);
    EXPECT_EQ(clock.end(), 50);
    clock.set_end(200);
    EXPECT_EQ(clock.end(), 50);
    clock.cut(70); // a later cut does not prolong
    EXPECT_EQ(clock.end(), 50);
    clock.cut(20);
    EXPECT_EQ(clock.end(), 20);
    clock.set_end(10);
    EXPECT_EQ(clock.end(), 10);
}

TEST(PhaseClock, MoreSegmentsThanThereIsRoomForAreRefused) {
    PhaseClock clock(0);
    for (std::size_t i = 1; i < PhaseClock::max_segments; ++i) clock.announce(now_ticks());
    EXPECT_THROW(clock.announce(now_ticks()), std::logic_error);
    EXPECT_EQ(clock.segments(), PhaseClock::max_segments);
}

TEST(PhaseClock, NoOperationIsEverCountedInASegmentThatALaterAnnouncementRevises) {
    using Seen = std::pair<Ticks, std::size_t>;
    PhaseClock clock(now_ticks());
    std::atomic<bool> done = false;
    std::vector<std::vector<Seen>> seen(2);
    std::vector<std::thread> threads;
    for (auto& mine : seen)
        threads.emplace_back([&clock, &done, &mine] {
            while (!done.load(std::memory_order_relaxed)) {
                const auto intended = now_ticks();
                const auto segment = clock.segment_at(intended);
                if (mine.empty() || mine.back().second != segment ||
                    intended - mine.back().first > 10'000)
                    mine.emplace_back(intended, segment);
            }
        });
    for (int i = 0; i < 100; ++i) {
        clock.announce(now_ticks());
        std::this_thread::sleep_for(std::chrono::microseconds(1500));
    }
    done = true;
    for (auto& thread : threads) thread.join();
    for (const auto& mine : seen) {
        ASSERT_GT(mine.size(), 100U);
        for (const auto& [intended, segment] : mine)
            ASSERT_EQ(clock.segment_at(intended), segment) << intended;
    }
}

} // namespace
} // namespace citusbench
