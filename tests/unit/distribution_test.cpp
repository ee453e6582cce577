#include "core/distribution.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <stdexcept>

namespace citusbench {
namespace {

using Kind = KeyDistribution::Kind;

/// The chi-square statistic of counts against probabilities, cells of few expected draws put
/// together, in standard deviations above its mean.
double excess_of_chi_square(const std::vector<std::uint64_t>& counts,
                            const std::vector<double>& probabilities, double draws) {
    double chi_square = 0;
    double cells = 0;
    double observed = 0;
    double expected = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        observed += static_cast<double>(counts[i]);
        expected += probabilities[i] * draws;
        if (expected < 20 && i + 1 < counts.size()) continue;
        chi_square += (observed - expected) * (observed - expected) / expected;
        cells += 1;
        observed = expected = 0;
    }
    return (chi_square - (cells - 1)) / std::sqrt(2 * (cells - 1));
}

std::vector<std::uint64_t> draw(const KeyChooser& chooser, std::uint64_t draws) {
    std::vector<std::uint64_t> counts(chooser.count());
    Random random(1, 2, 3);
    for (std::uint64_t i = 0; i < draws; ++i) ++counts.at(chooser(random));
    return counts;
}

std::vector<double> zipf_probabilities(double theta, std::size_t count) {
    std::vector<double> probabilities(count);
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i)
        sum += probabilities[i] = std::pow(static_cast<double>(i + 1), -theta);
    for (auto& probability : probabilities) probability /= sum;
    return probabilities;
}

TEST(KeyDistribution, EveryDrawIsAKey) {
    for (const auto kind : {Kind::uniform, Kind::zipf, Kind::latest})
        for (const double theta : {0.2, 0.99, 1.0, 3.0, 10.0})
            for (const std::uint64_t count : {1ULL, 2ULL, 3ULL, 1000ULL, 1ULL << 40}) {
                const KeyChooser chooser({kind, theta}, count);
                Random random(4, 5, 6);
                for (int i = 0; i < 2000; ++i) ASSERT_LT(chooser(random), count);
            }
}

TEST(KeyDistribution, UniformDrawsEveryKeyAlike) {
    const std::size_t keys = 100;
    const auto counts = draw(KeyChooser({Kind::uniform, 0}, keys), 200'000);
    EXPECT_LT(std::abs(excess_of_chi_square(counts, std::vector<double>(keys, 0.01), 200'000)), 5);
}

TEST(KeyDistribution, ZipfFrequenciesAreTheExactProbabilities) {
    for (const double theta : {0.5, 0.99, 1.0, 2.0}) {
        const std::size_t keys = 1000;
        auto counts = draw(KeyChooser({Kind::latest, theta}, keys), 400'000);
        const std::vector<std::uint64_t> by_rank(counts.rbegin(), counts.rend());
        const auto probabilities = zipf_probabilities(theta, keys);
        EXPECT_LT(std::abs(excess_of_chi_square(by_rank, probabilities, 400'000)), 5) << theta;
    }
}

TEST(KeyDistribution, ZipfSpreadsTheRanksOverTheKeysByAPermutation) {
    for (const std::uint64_t keys : {1ULL, 2ULL, 3ULL, 10ULL, 64ULL, 100ULL}) {
        const KeyChooser ranks({Kind::latest, 0.99}, keys);
        const KeyChooser scattered({Kind::zipf, 0.99}, keys);
        std::map<std::uint64_t, std::uint64_t> key_of_rank;
        std::set<std::uint64_t> reached;
        for (std::uint64_t i = 0; i < 50'000; ++i) {
            // The same random numbers give the same rank to both.
            Random one(1, 2, i);
            Random two(1, 2, i);
            const auto rank = keys - 1 - ranks(one);
            const auto key = scattered(two);
            ASSERT_EQ(key_of_rank.emplace(rank, key).first->second, key);
            reached.insert(key);
        }
        EXPECT_EQ(key_of_rank.size(), keys);
        EXPECT_EQ(reached.size(), keys);
    }
}

TEST(KeyDistribution, TheHotKeysOfZipfAreNoNeighbours) {
    const KeyChooser chooser({Kind::zipf, 2}, 1'000'000);
    auto by_count = std::multimap<std::uint64_t, std::uint64_t, std::greater<>>();
    std::map<std::uint64_t, std::uint64_t> counts;
    Random random(1, 2, 3);
    for (int i = 0; i < 100'000; ++i) ++counts[chooser(random)];
    for (const auto& [key, count] : counts) by_count.emplace(count, key);
    const auto hottest = by_count.begin()->second;
    const auto second = std::next(by_count.begin())->second;
    EXPECT_GT(std::max(hottest, second) - std::min(hottest, second), 100U);
}

TEST(KeyDistribution, LatestPrefersTheLastKey) {
    const auto counts = draw(KeyChooser({Kind::latest, 0.99}, 1000), 100'000);
    EXPECT_EQ(std::max_element(counts.begin(), counts.end()) - counts.begin(), 999);
}

TEST(KeyDistribution, TextsReadBackAndNonsenseIsRefused) {
    for (const auto* text : {"uniform", "zipf:0.99", "zipf:1", "zipf:10", "latest"})
        EXPECT_EQ(KeyDistribution::parse(text).to_string(), text);
    for (const auto* text : {"", "zipf", "zipf:", "zipf:0", "zipf:-1", "zipf:11", "zipf:nan",
                             "zipf:1x", "zipf: 1", "Uniform", "pareto"})
        EXPECT_THROW(KeyDistribution::parse(text), std::invalid_argument) << text;
    EXPECT_THROW(KeyChooser({Kind::uniform, 0}, 0), std::invalid_argument);
}

TEST(WeightedChoice, FrequenciesAreTheWeights) {
    const std::vector<double> weights = {70, 20, 5, 0, 5, 0.5};
    const WeightedChoice choice(weights);
    std::vector<std::uint64_t> counts(weights.size());
    Random random(1, 2, 3);
    for (int i = 0; i < 400'000; ++i) ++counts.at(choice(random));
    std::vector<double> probabilities;
    for (const auto weight : weights) probabilities.push_back(weight / 100.5);
    EXPECT_LT(std::abs(excess_of_chi_square(counts, probabilities, 400'000)), 5);
}

TEST(WeightedChoice, AWeightOfZeroIsNeverDrawn) {
    // Thirds and tenths leave a rest of rounding in the table.
    for (const auto& weights : {std::vector<double>{0, 1},
                                {1, 0},
                                {0.1, 0.1, 0.1, 0, 0.1, 0.1, 0.1, 0.1},
                                {1.0 / 3, 0, 1.0 / 3, 0, 1.0 / 3},
                                {0, 0, 1e-9, 0},
                                {1e9, 1e-9, 0}}) {
        const WeightedChoice choice(weights);
        Random random(7, 8, 9);
        for (int i = 0; i < 20'000; ++i) ASSERT_GT(weights.at(choice(random)), 0);
    }
}

TEST(WeightedChoice, WeightsWithoutMeaningAreRefused) {
    const std::vector<double> zeros = {0, 0};
    const std::vector<double> negative = {2, -1};
    EXPECT_THROW(WeightedChoice{zeros}, std::invalid_argument);
    EXPECT_THROW(WeightedChoice{negative}, std::invalid_argument);
    EXPECT_THROW(WeightedChoice{std::vector<double>()}, std::invalid_argument);
}

} // namespace
} // namespace citusbench
