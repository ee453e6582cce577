#include "load/arrival.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

namespace citusbench {
namespace {

constexpr Ticks arrival_start = 123'456'789'012'345;
constexpr Ticks second = 1'000'000'000;

/// All intended times before `end`, of `threads` threads together.
std::vector<Ticks> times_before(const Arrival& arrival, Ticks end, unsigned threads,
                                std::uint64_t seed = 1) {
    std::vector<Ticks> times;
    for (unsigned thread = 0; thread < threads; ++thread)
        for (ArrivalSchedule schedule(arrival, arrival_start, thread, threads, seed);
             schedule.next() < end; schedule.advance())
            times.push_back(schedule.next());
    return times;
}

TEST(ConstantArrival, TheTotalIsExactForAnyNumberOfThreads) {
    for (const unsigned threads : {1U, 2U, 3U, 7U, 16U}) {
        EXPECT_EQ(times_before(Constant{5000}, arrival_start + 2 * second, threads).size(),
                  10'000U);
        EXPECT_EQ(times_before(Constant{0.5}, arrival_start + 20 * second, threads).size(), 10U);
        const auto times = times_before(Constant{3}, arrival_start + 100 * second, threads);
        EXPECT_EQ(times.size(), 300U);
        EXPECT_EQ(std::set<Ticks>(times.begin(), times.end()).size(), 300U) << "one twice";
    }
}

TEST(ConstantArrival, IntendedTimesAreExactAfterABillionOperations) {
    // Thread 0 of 10^8 takes every 10^8th operation of all.
    constexpr unsigned threads = 100'000'000;
    __extension__ using Wide = __int128;
    for (const std::int64_t rate : {1000, 7000, 99'999}) {
        ArrivalSchedule schedule(Constant{static_cast<double>(rate)}, arrival_start, 0, threads, 1);
        for (int i = 0; i < 10; ++i) schedule.advance();
        const Wide twice = static_cast<Wide>(2'000'000'000) * second / rate;
        EXPECT_EQ(schedule.next(), arrival_start + static_cast<Ticks>((twice + 1) / 2)) << rate;
    }
}

TEST(PoissonArrival, GapsHaveTheMeanAndTheVarianceOfAnExponential) {
    constexpr int gaps = 200'000;
    ArrivalSchedule schedule(Poisson{1000}, arrival_start, 0, 1, 1);
    double sum = 0;
    double squares = 0;
    Ticks last = arrival_start;
    for (int i = 0; i < gaps; ++i) {
        const double gap_ms = static_cast<double>(schedule.next() - last) / 1e6;
        ASSERT_GE(gap_ms, 0);
        sum += gap_ms;
        squares += gap_ms * gap_ms;
        last = schedule.next();
        schedule.advance();
    }
    const double mean = sum / gaps;
    const double variance = squares / gaps - mean * mean;
    EXPECT_NEAR(mean, 1, 5 / std::sqrt(gaps));
    EXPECT_NEAR(variance, 1, 5 * std::sqrt(8.0 / gaps));
}

TEST(PoissonArrival, TheThreadsTogetherHaveTheRate) {
    for (const unsigned threads : {1U, 4U, 13U}) {
        const auto times = times_before(Poisson{1000}, arrival_start + 100 * second, threads);
        EXPECT_NEAR(static_cast<double>(times.size()), 100'000, 5 * std::sqrt(100'000)) << threads;
        const std::set<Ticks> distinct(times.begin(), times.end());
        EXPECT_GT(distinct.size(), times.size() - 10) << "threads share their random numbers";
    }
}

TEST(PoissonArrival, FollowsFromTheSeed) {
    const auto times = times_before(Poisson{100}, arrival_start + 10 * second, 2, 42);
    EXPECT_EQ(times_before(Poisson{100}, arrival_start + 10 * second, 2, 42), times);
    EXPECT_NE(times_before(Poisson{100}, arrival_start + 10 * second, 2, 43), times);
}

TEST(ClosedLoop, NothingIsEverDue) {
    ArrivalSchedule schedule(Closed{}, arrival_start, 0, 1, 1);
    EXPECT_EQ(schedule.next(), never);
    schedule.advance();
    EXPECT_EQ(schedule.next(), never);
    EXPECT_FALSE(is_open(Closed{}));
    EXPECT_TRUE(is_open(Constant{1}) && is_open(Poisson{1}));
}

TEST(StepsArrival, EachStepHasItsRateForAnyNumberOfThreads) {
    const auto count = [](const std::vector<Ticks>& times, Ticks from, Ticks to) {
        return static_cast<double>(std::count_if(times.begin(), times.end(), [&](Ticks time) {
            return time >= arrival_start + from && time < arrival_start + to;
        }));
    };
    for (const bool even : {true, false})
        for (const unsigned threads : {1U, 3U}) {
            const Steps steps{{{0, 1000}, {2, 4000}, {3, 500}}, even};
            const auto times = times_before(steps, arrival_start + 7 * second, threads);
            const double slack = even ? 1 : 300; // five deviations of a Poisson count
            EXPECT_NEAR(count(times, 0, 2 * second), 2000, slack);
            EXPECT_NEAR(count(times, 2 * second, 3 * second), 4000, slack);
            EXPECT_NEAR(count(times, 3 * second, 7 * second), 2000, slack);
        }
}

TEST(StepsArrival, AConstantRateIsThatOfTheOtherSchedules) {
    const Steps steps{{{0, 3000}}, true};
    EXPECT_EQ(times_before(steps, arrival_start + second, 4),
              times_before(Constant{3000}, arrival_start + second, 4));
}

} // namespace
} // namespace citusbench
