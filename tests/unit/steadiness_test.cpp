// When a warm-up is over: on series that somebody made up, and on a real load.
#include "measure/steadiness.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>

#include "run/warm_up.hpp"
#include "support/null_load.hpp"
#include "support/null_server.hpp"

namespace citusbench {
namespace {

constexpr Ticks tenth = ticks_per_second / 10;

/// A rate and a median response time (ms) at each moment (s), fed in tenths of a second.
struct Series {
    std::function<double(double)> rate;
    std::function<double(double)> median_ms = [](double) { return 1.0; };
    unsigned connections = 4;
};

/// When it is steady, in seconds; 31 if never within 30 s.
double steady_after(const Series& series) {
    Steadiness steadiness(0, 1, series.connections);
    double carry = 0;
    for (int i = 1; i <= 300; ++i) {
        const auto at = i / 10.0;
        carry += series.rate(at) / 10;
        const auto ok = static_cast<std::uint64_t>(carry);
        carry -= static_cast<double>(ok);
        Histogram response;
        for (std::uint64_t k = 0; k < ok; ++k)
            response.record(static_cast<std::int64_t>(series.median_ms(at) * 1e6));
        steadiness.add(0, i * tenth, ok, response);
        if (steadiness.is_steady()) return at;
    }
    return 31;
}

/// Noise of the given relative size that no generator is needed for.
double noisy(double value, double at, double size) {
    return value * (1 + size * std::sin(137.0 * at * at));
}

TEST(Trend, TheScoreCountsPairsAndTheChangeIsThatOfTheSlope) {
    const std::array<double, 10> rising = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    EXPECT_EQ(trend_of(rising).score, 45);
    EXPECT_DOUBLE_EQ(trend_of(rising).change, 9.0 / 6);
    EXPECT_TRUE(trend_of(rising).is_real());
    // Kendall's S by hand: 5 rising pairs, 1 falling.
    const std::array<double, 4> mixed = {1, 3, 2, 4};
    EXPECT_EQ(trend_of(mixed).score, 4);
    const std::array<double, 10> slight = {100,   100.1, 100.2, 100.3, 100.4,
                                           100.5, 100.6, 100.7, 100.8, 100.9};
    EXPECT_EQ(trend_of(slight).score, 45);
    EXPECT_FALSE(trend_of(slight).is_real()) << "one percent does not matter";
    EXPECT_EQ(trend_of(std::array<double, 10>{}).score, 0);
}

TEST(Steadiness, AFlatLoadIsSteadyAfterTwoLooksAndNoisyOnesSoonAfter) {
    EXPECT_DOUBLE_EQ(steady_after({[](double) { return 5000.0; }}), 2.5);
    EXPECT_LE(steady_after({[](double at) { return noisy(1000, at, 0.3); }}), 6);
}

TEST(Steadiness, ALoadThatStillGetsFasterIsNotSteady) {
    // As measured on a cold cluster: 25, 11, 24, 48, 127 and 186 operations in the first seconds.
    const auto cold = [](double at) {
        constexpr std::array<double, 6> seconds = {25, 11, 24, 48, 127, 186};
        return at < 6 ? seconds.at(static_cast<std::size_t>(at)) : 190.0;
    };
    const auto after = steady_after({cold, [](double) { return 1.0; }, 16});
    EXPECT_GT(after, 7);
    EXPECT_LT(after, 20);
    const auto ramp = [](double at) { return 1000 * (1 - std::exp(-at / 4)); };
    EXPECT_GT(steady_after({ramp}), 8) << "at 8 s it does 86 %";
}

TEST(Steadiness, ALoadThatGetsSlowerForEverIsNeverSteady) {
    EXPECT_EQ(steady_after({[](double) { return 2000.0; }, [](double at) { return 1 + at; }}), 31)
        << "an open loop with a backlog: the rate is flat, the median is not";
    EXPECT_EQ(steady_after({[](double at) { return 1000 * std::exp(-at / 8); }}), 31);
}

TEST(Steadiness, AFlatStartWithFewOperationsSaysNothing) {
    // 16 connections at 12.5/s for 8 s, as on a Citus cluster that loads PostGIS everywhere.
    const auto cold = [](double at) { return at < 8 ? 12.5 : 75.0; };
    EXPECT_GT(steady_after({cold, [](double) { return 1.0; }, 16}), 9);
}

TEST(Steadiness, ItsRateIsThatOfTheTimeAsked) {
    Steadiness steadiness(0, 2, 1);
    for (Ticks i = 1; i <= 40; ++i) {
        steadiness.add(0, i * tenth, i <= 20 ? 10 : 30, Histogram());
        steadiness.add(1, i * tenth - tenth / 3, i <= 20 ? 10 : 30, Histogram());
    }
    EXPECT_NEAR(steadiness.rate_since(25 * tenth), 600, 25);
    EXPECT_EQ(steadiness.rate_since(60 * tenth), 0);
}

TEST(WarmUp, HalfOfTheClosedLoopIsRoundedToTwoDigits) {
    EXPECT_DOUBLE_EQ(rate_from_closed_loop(4848), 2400);
    EXPECT_DOUBLE_EQ(rate_from_closed_loop(73), 37);
    EXPECT_DOUBLE_EQ(rate_from_closed_loop(1.24), 0.62);
    EXPECT_DOUBLE_EQ(rate_from_closed_loop(199), 100);
    EXPECT_EQ(rate_from_closed_loop(0), 0);
}

TEST(WarmUp, ItEndsByItselfFindsTheRateAndLeavesItsConnectionsToTheMeasuring) {
    test::NullScript script;
    script.delay = 4'000'000; // two connections do 500/s at most
    test::NullServer server(script);
    test::NullLoad load;
    load.connections = 2;
    load.warmup.reset();
    load.finds_rate = true;
    load.arrival = Constant{};
    load.duration = std::chrono::seconds(1);
    const auto run = run_null_load(server.conninfo(), load);
    ASSERT_TRUE(run.record.details.warmup);
    const auto& found = *run.record.details.warmup;
    EXPECT_TRUE(found.is_steady) << found.reason;
    EXPECT_GE(found.seconds, 4.5) << "two looks, and two seconds of closed loop";
    EXPECT_LT(found.seconds, 15);
    EXPECT_NEAR(*found.closed_loop_ok_per_s, 480, 60);
    EXPECT_EQ(run.record.labels.rate_target, found.rate);
    ASSERT_EQ(run.record.phases.size(), 2U);
    EXPECT_EQ(run.record.phases[0].name, "warmup");
    EXPECT_LT(run.record.phases[0].from_s, -found.seconds + 0.1);
    EXPECT_LE(run.record.phases[0].to_s, 0);
    EXPECT_EQ(run.record.phases[1].name, "steady");
    const auto& measured = run.record.phases[1].operations[0];
    EXPECT_EQ(measured.scheduled, static_cast<std::uint64_t>(*found.rate));
    EXPECT_EQ(measured.count(Outcome::ok), measured.scheduled);
    EXPECT_EQ(run.cost.reconnects, 0U);
    for (const auto& phase : run.record.phases) EXPECT_TRUE(phase.operations[0].balanced());
}

} // namespace
} // namespace citusbench
