#include "capacity/search.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "core/random.hpp"

namespace citusbench {
namespace {

using End = CapacitySearch::End;
using Step = CapacitySearch::Step;

struct Searched {
    CapacitySearch search;
    std::vector<double> rates;
};

/// A server as a function: does the objective hold at this rate?
Searched search(const SearchLimits& limits, const std::function<bool(double)>& holds) {
    Searched result{CapacitySearch(limits), {}};
    while (result.search.step() != Step::done) {
        result.rates.push_back(result.search.rate());
        result.search.record_result(holds(result.search.rate()));
    }
    return result;
}

SearchLimits from(double start) {
    SearchLimits limits;
    limits.start = start;
    return limits;
}

/// p99 of an M/M/1 queue: −ln(0.01) / (µ − λ).
double p99_s(double service_per_s, double rate) {
    return rate >= service_per_s ? INFINITY : -std::log(0.01) / (service_per_s - rate);
}

TEST(CapacitySearch, FindsTheCapacityOfAQueueWithinFivePercentFromAnyStart) {
    for (const double service : {20.0, 1'000.0, 47'000.0})
        for (const double start : {1.0, 10.0, 300.0, 5'000.0, 100'000.0}) {
            SCOPED_TRACE(testing::Message() << service << " from " << start);
            const double limit_s = 46 / service; // held up to 90 % of the service rate
            const auto capacity = service * (1 - 0.1 * -std::log(0.01) / 4.6);
            const auto found =
                search(from(start), [&](double rate) { return p99_s(service, rate) < limit_s; });
            EXPECT_EQ(found.search.end(), End::confirmed);
            EXPECT_LE(found.search.rate(), capacity);
            EXPECT_GE(found.search.rate(), capacity / 1.056);
            EXPECT_TRUE(found.search.is_narrow());
            EXPECT_EQ(found.search.steps_down(), 0);
            EXPECT_LE(found.rates.size(), 20U);
        }
}

TEST(CapacitySearch, AStepIsFoundAndTheLastProbeIsASecondOneAtTheRateFound) {
    const auto found = search(from(100), [](double rate) { return rate <= 777; });
    EXPECT_EQ(found.search.end(), End::confirmed);
    EXPECT_LE(found.search.rate(), 777);
    EXPECT_GE(found.search.rate(), 777 / 1.056);
    EXPECT_EQ(found.rates.back(), found.search.rate());
    EXPECT_EQ(std::count(found.rates.begin(), found.rates.end(), found.search.rate()), 2);
}

TEST(CapacitySearch, AFewProbesAreEnoughFromAGoodGuess) {
    const auto found = search(from(700), [](double rate) { return rate <= 777; });
    EXPECT_LE(found.rates.size(), 7U);
}

TEST(CapacitySearch, WhatHoldsNowhereEndsAtTheLeastRate) {
    const auto found = search(from(1000), [](double) { return false; });
    EXPECT_EQ(found.search.end(), End::none);
    EXPECT_EQ(found.search.rate(), 0);
    EXPECT_EQ(found.rates.back(), 1);
    EXPECT_LE(found.rates.size(), 10U);
}

TEST(CapacitySearch, WhatHoldsEverywhereEndsAtTheLargestAllowedRate) {
    auto limits = from(100);
    limits.max_rate = 5000;
    const auto found = search(limits, [](double) { return true; });
    EXPECT_EQ(found.search.end(), End::confirmed);
    EXPECT_EQ(found.search.rate(), 5000);
    EXPECT_TRUE(found.search.at_max_rate());
    EXPECT_FALSE(found.search.is_narrow());
}

TEST(CapacitySearch, ARateThatDoesNotHoldAgainGoesDown) {
    int tries = 0; // at the rate found; a larger one misses
    const auto found = search(from(500), [&](double rate) {
        if (rate > 520) return false;
        return rate < 500 || ++tries == 1;
    });
    EXPECT_EQ(found.search.end(), End::confirmed);
    EXPECT_GE(found.search.steps_down(), 1);
    EXPECT_LT(found.search.rate(), 500);
    EXPECT_GE(found.search.rate(), 470);
    EXPECT_EQ(found.search.missed(), 500) << "the least rate that missed is what it is now";
}

TEST(CapacitySearch, ANoisyServerIsFoundNearlyAndConfirmed) {
    Random random(7, 1, 2);
    int good = 0;
    for (int run = 0; run < 200; ++run) {
        // The limit of each probe varies by ±10 %.
        const auto found = search(
            from(300), [&](double rate) { return rate < 1000 * (0.9 + 0.2 * random.unit()); });
        ASSERT_EQ(found.search.end(), End::confirmed);
        ASSERT_LE(found.search.rate(), 1100);
        if (found.search.rate() > 850) ++good;
    }
    EXPECT_GT(good, 190);
}

TEST(CapacitySearch, NeverTakesMoreProbesThanAllowedAndKeepsOneToConfirm) {
    for (int most = 2; most < 12; ++most) {
        auto limits = from(10);
        limits.probes = most;
        const auto found = search(limits, [](double rate) { return rate <= 3333; });
        EXPECT_LE(found.rates.size(), static_cast<std::size_t>(most));
        EXPECT_EQ(found.search.end(), End::confirmed);
        EXPECT_LE(found.search.rate(), 3333);
        EXPECT_EQ(found.rates.back(), found.search.rate());
    }
}

TEST(CapacitySearch, WithoutProbesLeftWhatDidNotHoldAgainIsNotClaimed) {
    auto limits = from(100);
    limits.probes = 2;
    int probes = 0;
    const auto found = search(limits, [&](double) { return ++probes == 1; });
    EXPECT_EQ(found.search.end(), End::unconfirmed);
    EXPECT_EQ(found.search.rate(), 0);
}

TEST(CapacitySearch, RatesHaveThreeDigits) {
    EXPECT_EQ(round_rate(1234.56), 1230);
    EXPECT_EQ(round_rate(0.123456), 0.123);
    EXPECT_EQ(round_rate(99.96), 100);
    EXPECT_EQ(round_rate(7), 7);
}

} // namespace
} // namespace citusbench
