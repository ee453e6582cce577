#include "deployment/shard_map.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace citusbench {
namespace {

TEST(ClusterShardMap, HashesAreThoseOfPostgres15) {
    // select hashint8(…), hashtext('…') of PostgreSQL 15.20.
    EXPECT_EQ(citus_hash(RoutingKey::of(std::int64_t{0})), -272711505);
    EXPECT_EQ(citus_hash(RoutingKey::of(std::int64_t{1})), -1905060026);
    EXPECT_EQ(citus_hash(RoutingKey::of(std::int64_t{-1})), 385747274);
    EXPECT_EQ(citus_hash(RoutingKey::of(std::int64_t{42})), 1509752520);
    EXPECT_EQ(citus_hash(RoutingKey::of(std::int64_t{4294967296})), -1905060026);
    EXPECT_EQ(citus_hash(RoutingKey::of(std::int64_t{-4294967297})), -1242090879);
    EXPECT_EQ(citus_hash(RoutingKey::of(std::int64_t{9223372036854775807})), -1524351049);
    EXPECT_EQ(citus_hash(RoutingKey::of(std::string_view(""))), -1477818771);
    EXPECT_EQ(citus_hash(RoutingKey::of(std::string_view("a"))), 1075015857);
    EXPECT_EQ(citus_hash(RoutingKey::of(std::string_view("north"))), -1638507369);
    EXPECT_EQ(citus_hash(RoutingKey::of(std::string_view("0123456789ab"))), -1437215093);
    EXPECT_EQ(citus_hash(RoutingKey::of(std::string_view("0123456789abcdef"))), 1934520157);
}

TEST(ClusterShardMap, CitusTokensFallIntoEqualRangesFromTheLowestOn) {
    // Whatever the number of shards, each key has one, and the hash decides it monotonically.
    for (const int shards : {1, 3, 7, 32, 1000}) {
        const ShardMap map(Engine::citus, shards);
        const double width = 4294967296.0 / shards;
        for (std::int64_t key = 0; key < 5'000; ++key) {
            const int shard = map.shard_of(RoutingKey::of(key));
            ASSERT_GE(shard, 0);
            ASSERT_LT(shard, shards);
            const double offset = citus_hash(RoutingKey::of(key)) + 2147483648.0;
            ASSERT_NEAR(offset / width, shard + 0.5, 0.5 + 1e-4) << key;
        }
    }
}

TEST(ClusterShardMap, KeysSpreadEvenly) {
    for (const auto engine : {Engine::citus, Engine::fdw}) {
        constexpr int shards = 32;
        const ShardMap map(engine, shards);
        std::vector<int> counts(shards);
        for (std::int64_t key = 0; key < 32'000; ++key)
            ++counts[static_cast<std::size_t>(map.shard_of(RoutingKey::of(key)))];
        for (const int count : counts) EXPECT_NEAR(count, 1'000, 150);
    }
}

TEST(ClusterShardMap, PlainPostgresHasOneShard) {
    const ShardMap map(Engine::postgres, 32);
    EXPECT_EQ(map.shards(), 1);
    EXPECT_EQ(map.shard_of(RoutingKey::of(std::int64_t{12345})), 0);
    EXPECT_EQ(map.shard_of(RoutingKey{}), 0);
}

TEST(ClusterShardMap, AKeyThatTouchesEveryShardHasNone) {
    EXPECT_THROW(ShardMap(Engine::fdw, 32).shard_of(RoutingKey{}), std::logic_error);
}

} // namespace
} // namespace citusbench
