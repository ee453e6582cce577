#include <gtest/gtest.h>

#include <map>
#include <set>

#include "deployment/shard_map.hpp"
#include "load/route.hpp"
#include "topology/cluster_map.hpp"

namespace citusbench {
namespace {

using Counts = std::map<std::size_t, std::size_t>;

Counts counts_of(const std::vector<std::size_t>& entries, std::size_t first, std::size_t count) {
    Counts counts;
    for (auto i = first; i < first + count; ++i) ++counts[entries.at(i)];
    return counts;
}

TEST(SpreadConnections, EveryRoundHasTheWeightsExactlyWhereverItBegins) {
    for (const auto& weights : std::vector<std::vector<unsigned>>{
             {1}, {1, 1}, {3, 1}, {1, 3}, {5, 1, 1}, {7, 0, 2}, {1, 2, 3, 4}}) {
        Counts expected;
        std::size_t sum = 0;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            if (weights[i] > 0) expected[i] = weights[i];
            sum += weights[i];
        }
        const auto entries = spread_connections(weights, 4 * sum);
        for (std::size_t first = 0; first <= 3 * sum; ++first)
            EXPECT_EQ(counts_of(entries, first, sum), expected) << "from " << first;
    }
}

TEST(SpreadConnections, EqualOnesTakeTurns) {
    EXPECT_EQ(spread_connections(std::vector<unsigned>{1, 1, 1}, 7),
              (std::vector<std::size_t>{0, 1, 2, 0, 1, 2, 0}));
}

TEST(SpreadConnections, AHeavyEntryIsNotServedInARow) {
    const auto entries = spread_connections(std::vector<unsigned>{2, 1}, 6);
    EXPECT_EQ(entries, (std::vector<std::size_t>{0, 1, 0, 0, 1, 0}));
}

TEST(EntryOfAttempt, EveryEntryHasItsTurnAndThePreferredOneComesFirst) {
    for (const std::size_t entries : {2U, 3U, 5U})
        for (std::size_t preferred = 0; preferred < entries; ++preferred)
            for (std::size_t turn = 0; turn < 7; ++turn) {
                std::set<std::size_t> seen;
                for (std::size_t attempt = 0; attempt < entries; ++attempt)
                    seen.insert(entry_of_attempt(preferred, turn, attempt, entries));
                EXPECT_EQ(seen.size(), entries);
                EXPECT_EQ(entry_of_attempt(preferred, turn, 0, entries), preferred);
                EXPECT_EQ(entry_of_attempt(preferred, turn, entries, entries), preferred);
            }
}

TEST(EntryOfAttempt, TheConnectionsOfADeadEntrySpreadOverTheOthers) {
    Counts first;
    for (std::size_t turn = 0; turn < 12; ++turn) ++first[entry_of_attempt(1, turn, 1, 4)];
    EXPECT_EQ(first, (Counts{{0, 4}, {2, 4}, {3, 4}}));
}

TEST(ClusterMapRule, IsTheCrcOfTheKeysText) {
    // The sums are those of Python's zlib.crc32(); docs/ROUTING.md has the rule in words.
    const auto owner = [](const RoutingKey& key, std::size_t clusters) {
        return ClusterMap(clusters).owner_of(key);
    };
    EXPECT_EQ(owner(RoutingKey::of(std::int64_t{1}), 1U << 16), 0x83dcefb7 % (1U << 16));
    EXPECT_EQ(owner(RoutingKey::of(std::int64_t{42}), 7), 0x3224b088 % 7);
    EXPECT_EQ(owner(RoutingKey::of(std::int64_t{-42}), 7), 0xbc29aed6 % 7);
    EXPECT_EQ(owner(RoutingKey::of("123456789"), 1000), 0xcbf43926 % 1000);
    EXPECT_EQ(owner(RoutingKey::of("north"), 2), 0xdc2a30c2 % 2);
    EXPECT_EQ(owner(RoutingKey::of(std::int64_t{77}), 1), 0U);
    EXPECT_THROW(owner(RoutingKey(), 2), std::logic_error);
}

TEST(ClusterMapRule, EachClusterOwnsItsShareAndFillsAllOfItsShards) {
    constexpr std::int64_t keys = 12'000;
    for (const auto engine : {Engine::citus, Engine::fdw})
        for (const std::size_t clusters : {2U, 3U}) {
            const ShardMap map(engine, 8, ClusterMap(clusters));
            ASSERT_EQ(map.shards(), static_cast<int>(8 * clusters));
            std::vector<std::int64_t> in_shard(8 * clusters);
            for (std::int64_t key = 1; key <= keys; ++key) {
                const auto shard = map.shard_of(RoutingKey::of(key));
                ++in_shard.at(static_cast<std::size_t>(shard));
                EXPECT_EQ(static_cast<std::size_t>(shard) / 8,
                          ClusterMap(clusters).owner_of(RoutingKey::of(key)));
                EXPECT_EQ(shard % 8, ShardMap(engine, 8).shard_of(RoutingKey::of(key)));
            }
            const auto mean = static_cast<double>(keys) / static_cast<double>(8 * clusters);
            for (const auto count : in_shard)
                EXPECT_NEAR(static_cast<double>(count), mean, 0.25 * mean);
        }
}

} // namespace
} // namespace citusbench
