#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/random.hpp"
#include "stats/histogram.hpp"
#include "stats/op_stats.hpp"

namespace citusbench {
namespace {

constexpr std::int64_t ns_per_us = 1'000;
constexpr std::int64_t ns_per_ms = 1'000'000;
constexpr std::int64_t hour = 3'600'000'000'000;
constexpr double tolerance = 0.001; // three significant digits
constexpr std::array quantiles = {0.0,  0.001, 0.01, 0.1,  0.25,  0.5,
                                  0.75, 0.9,   0.95, 0.99, 0.999, 1.0};

using Values = std::vector<std::int64_t>;
using Quantile = std::function<double(double)>;

struct Distribution {
    const char* name;
    std::function<double(Random&)> draw; ///< ns
};

double normal(Random& random) {
    const double radius = std::sqrt(-2 * std::log(1 - random.unit()));
    return radius * std::cos(2 * std::numbers::pi * random.unit());
}

/// From 1 µs to 1 h, the range that the histogram promises to be exact in.
const std::vector<Distribution>& distributions() {
    static const std::vector<Distribution> all = {
        {"uniform", [](Random& r) { return ns_per_us + r.unit() * (10 * ns_per_ms); }},
        {"log-uniform over the whole range",
         [](Random& r) { return ns_per_us * std::pow(3.6e9, r.unit()); }},
        {"lognormal", [](Random& r) { return 800.0 * ns_per_us * std::exp(normal(r)); }},
        {"heavy tail", [](Random& r) { return ns_per_us / std::pow(1 - r.unit(), 1.5); }},
        {"bimodal",
         [](Random& r) {
             return r.unit() < 0.98 ? 300.0 * ns_per_us + 50 * ns_per_us * r.unit()
                                    : 5e9 + 1e9 * r.unit();
         }},
        {"constant", [](Random&) { return 1234567.0; }},
        {"constant at a power of two", [](Random&) { return 1048576.0; }},
        {"one below a power of two", [](Random&) { return 1048575.0; }},
        {"few values",
         [](Random& r) { return 777.0 * ns_per_us * static_cast<double>(1 + r.below(3)); }},
    };
    return all;
}

Values draw_values(const Distribution& distribution, std::uint64_t seed, std::size_t count) {
    Random random(seed, 0, 0);
    Values values;
    for (std::size_t i = 0; i < count; ++i)
        values.push_back(std::clamp(std::llround(distribution.draw(random)),
                                    static_cast<long long>(ns_per_us),
                                    static_cast<long long>(hour)));
    return values;
}

Histogram histogram_of(const Values& values) {
    Histogram histogram;
    for (const auto value : values) histogram.record(value);
    return histogram;
}

/// The property itself: says which quantile differs from the exact one by more than 0.1 %.
std::optional<std::string> first_wrong_quantile(Values values, const Quantile& quantile) {
    std::sort(values.begin(), values.end());
    const auto count = static_cast<double>(values.size());
    for (const double q : quantiles) {
        const auto rank = std::max(1.0, std::ceil(q * count * (1 - 1e-15)));
        const auto exact = static_cast<double>(values[static_cast<std::size_t>(rank) - 1]);
        const double found = quantile(q);
        if (std::abs(found - exact) > exact * tolerance)
            return fmt::format("quantile {} is {}, exactly {}", q, found, exact);
    }
    return std::nullopt;
}

/// The same values in buckets `factor` times as wide, as a histogram of fewer digits has them.
double coarse_quantile(const Histogram& histogram, double q, std::uint64_t factor) {
    const double wanted = std::max(1.0, std::ceil(q * static_cast<double>(histogram.count())));
    std::uint64_t seen = 0;
    std::uint64_t group_of_last = 0;
    for (const auto& bucket : histogram.buckets()) {
        seen += bucket.count;
        const auto width = (bucket.to_ns - bucket.from_ns) * factor;
        group_of_last = bucket.from_ns / width * width + width / 2;
        if (static_cast<double>(seen) >= wanted) break;
    }
    return static_cast<double>(group_of_last);
}

TEST(Histogram, QuantilesAgreeWithSortingWithinATenthOfAPercent) {
    for (const auto& distribution : distributions()) {
        for (const std::size_t count : {1U, 2U, 7U, 100U, 1000U, 20000U}) {
            const auto values = draw_values(distribution, count, count);
            const auto histogram = histogram_of(values);
            const auto wrong = first_wrong_quantile(
                values, [&](double q) { return static_cast<double>(histogram.quantile(q)); });
            EXPECT_FALSE(wrong) << distribution.name << ", " << count << " values: " << *wrong;
        }
    }
}

TEST(Histogram, TheQuantileCheckWouldNoticeACoarserHistogram) {
    for (const char* name : {"uniform", "lognormal", "heavy tail"}) {
        const auto& all = distributions();
        const auto distribution = std::find_if(all.begin(), all.end(), [&](const auto& d) {
            return std::string_view(d.name) == name;
        });
        const auto values = draw_values(*distribution, 3, 20000);
        const auto histogram = histogram_of(values);
        const auto wrong = first_wrong_quantile(
            values, [&](double q) { return coarse_quantile(histogram, q, 8); });
        EXPECT_TRUE(wrong) << name << ": 128 buckets in a power of two passed as exact";
    }
}

void expect_same_values(const Histogram& a, const Histogram& b) {
    EXPECT_EQ(a.count(), b.count());
    EXPECT_EQ(a.min(), b.min());
    EXPECT_EQ(a.max(), b.max());
    EXPECT_DOUBLE_EQ(a.mean(), b.mean());
    for (const double q : quantiles) EXPECT_EQ(a.quantile(q), b.quantile(q));
    const auto left = a.buckets();
    const auto right = b.buckets();
    ASSERT_EQ(left.size(), right.size());
    for (std::size_t i = 0; i < left.size(); ++i) {
        EXPECT_EQ(left[i].from_ns, right[i].from_ns);
        EXPECT_EQ(left[i].to_ns, right[i].to_ns);
        EXPECT_EQ(left[i].count, right[i].count);
    }
}

TEST(Histogram, MergingIsTheSameAsRecordingAll) {
    for (const auto& first : distributions()) {
        for (const auto& second : distributions()) {
            auto values = draw_values(first, 1, 500);
            const auto more = draw_values(second, 2, 300);
            auto merged = histogram_of(values);
            merged.merge(histogram_of(more));
            values.insert(values.end(), more.begin(), more.end());
            expect_same_values(merged, histogram_of(values));
        }
    }
}

TEST(Histogram, MergingWithAnEmptyOneChangesNothing) {
    const Values values = {5 * ns_per_us, 7 * ns_per_ms};
    auto merged = histogram_of(values);
    merged.merge(Histogram());
    expect_same_values(merged, histogram_of(values));
    Histogram empty;
    empty.merge(histogram_of(values));
    expect_same_values(empty, histogram_of(values));
}

TEST(Histogram, AnEmptyOneHasNoValues) {
    const Histogram empty;
    EXPECT_TRUE(empty.empty());
    EXPECT_EQ(empty.count(), 0U);
    EXPECT_EQ(empty.min(), 0U);
    EXPECT_EQ(empty.max(), 0U);
    EXPECT_EQ(empty.mean(), 0);
    EXPECT_EQ(empty.quantile(0.5), 0U);
    EXPECT_EQ(empty.count_above(0), 0U);
    EXPECT_TRUE(empty.buckets().empty());
}

TEST(Histogram, NegativeValuesCountAsZeroAndLongOnesAsAnHour) {
    const auto histogram = histogram_of({INT64_MIN, -1, 0, hour - 1, hour, hour + 1, INT64_MAX});
    EXPECT_EQ(histogram.count(), 7U);
    EXPECT_EQ(histogram.min(), 0U);
    EXPECT_EQ(histogram.max(), Histogram::max_ns);
    EXPECT_EQ(histogram.quantile(0.01), 0U);
    EXPECT_EQ(histogram.quantile(0.42), 0U);
    EXPECT_NEAR(static_cast<double>(histogram.quantile(0.6)), static_cast<double>(hour), 3.6e9);
    EXPECT_EQ(histogram.buckets().front().count, 3U);
}

TEST(Histogram, BelowAMicrosecondEveryNanosecondCounts) {
    Values values;
    for (std::int64_t ns = 0; ns < 1024; ++ns) values.push_back(ns);
    const auto histogram = histogram_of(values);
    EXPECT_EQ(histogram.quantile(0.5), 511U);
    EXPECT_EQ(histogram.buckets().size(), 1024U);
}

TEST(Histogram, BucketsSumToTheCountAndCoverEveryValue) {
    for (const auto& distribution : distributions()) {
        const auto values = draw_values(distribution, 9, 2000);
        const auto buckets = histogram_of(values).buckets();
        std::uint64_t covered = 0;
        for (std::size_t i = 0; i < buckets.size(); ++i) {
            const auto& bucket = buckets[i];
            if (i > 0) {
                EXPECT_LE(buckets[i - 1].to_ns, bucket.from_ns);
            }
            EXPECT_LE((bucket.to_ns - bucket.from_ns) * 1024, std::max(bucket.from_ns, 1024UL));
            const auto inside =
                std::count_if(values.begin(), values.end(), [&](std::int64_t value) {
                    const auto ns = static_cast<std::uint64_t>(value);
                    return ns >= bucket.from_ns && ns < bucket.to_ns;
                });
            EXPECT_EQ(static_cast<std::uint64_t>(inside), bucket.count) << distribution.name;
            covered += bucket.count;
        }
        EXPECT_EQ(covered, values.size()) << distribution.name;
    }
}

TEST(Histogram, CountsWhatLiesAboveALimit) {
    const auto histogram = histogram_of(
        {1 * ns_per_ms, 5 * ns_per_ms, 20 * ns_per_ms, 21 * ns_per_ms, 4000 * ns_per_ms});
    EXPECT_EQ(histogram.count_above(0), 5U);
    EXPECT_EQ(histogram.count_above(10 * ns_per_ms), 3U);
    EXPECT_EQ(histogram.count_above(20 * ns_per_ms), 2U);
    EXPECT_EQ(histogram.count_above(static_cast<std::uint64_t>(hour)), 0U);
}

TEST(Histogram, ExactRanksAreNotMissedByRounding) {
    Values values;
    for (std::int64_t i = 1; i <= 100; ++i) values.push_back(i);
    const auto histogram = histogram_of(values);
    for (std::uint64_t percent = 1; percent <= 100; ++percent)
        EXPECT_EQ(histogram.quantile(static_cast<double>(percent) / 100), percent);
}

TEST(OpStats, MergingAddsEveryCountAndHistogram) {
    OpStats a;
    OpStats b;
    a.scheduled = 3;
    a.outcomes = {2, 1, 0, 0};
    a.rows = 5;
    a.response[index_of(Outcome::ok)].record(1 * ns_per_ms);
    b.scheduled = 4;
    b.outcomes = {1, 0, 2, 1};
    b.rows = 7;
    b.response[index_of(Outcome::ok)].record(2 * ns_per_ms);
    b.service[index_of(Outcome::unknown)].record(3 * ns_per_ms);
    a.merge(b);
    EXPECT_EQ(a.scheduled, 7U);
    EXPECT_EQ(a.completed(), 7U);
    EXPECT_TRUE(a.balanced());
    EXPECT_EQ(a.rows, 12U);
    EXPECT_EQ(a.count(Outcome::unknown), 2U);
    EXPECT_EQ(a.response[index_of(Outcome::ok)].count(), 2U);
    EXPECT_EQ(a.service[index_of(Outcome::unknown)].max(),
              static_cast<std::uint64_t>(3 * ns_per_ms));
}

TEST(OpStats, AnOperationThatNeverEndedBreaksTheSumRule) {
    OpStats stats;
    stats.scheduled = 2;
    stats.outcomes = {1, 0, 0, 0};
    EXPECT_FALSE(stats.balanced());
}

} // namespace
} // namespace citusbench
