#include <gtest/gtest.h>

#include "worker/key_groups.hpp"

namespace citusbench::test {
namespace {

// A ring: shard s lies on workers s and s + 1.
const Placements ring = {
    {"worker1", "worker2"}, {"worker2", "worker3"}, {"worker3", "worker4"}, {"worker4", "worker1"}};

KeyGroups groups_of(const std::vector<std::vector<std::string>>& sets) {
    return {ShardMap(Engine::citus, 4), ring, sets};
}

TEST(KeyGroups, AShardIsAffectedByAFaultOnAnyOfItsPlacements) {
    const auto groups = groups_of({{"worker2"}});
    EXPECT_EQ(groups.groups(), 2U);
    for (const std::int32_t shard : {0, 1}) EXPECT_TRUE(groups.affected(groups.group_of(shard), 0));
    for (const std::int32_t shard : {2, 3})
        EXPECT_FALSE(groups.affected(groups.group_of(shard), 0));
}

TEST(KeyGroups, AnOperationOnEveryShardIsAffectedIfOneIs) {
    const auto groups = groups_of({{"worker2"}});
    EXPECT_EQ(groups.shard_of(RoutingKey{}), -1);
    EXPECT_TRUE(groups.affected_by_any(groups.group_of(-1)));
    const auto none = groups_of({{"coordinator"}});
    EXPECT_FALSE(none.affected_by_any(none.group_of(-1)));
    EXPECT_EQ(none.groups(), 1U);
}

TEST(KeyGroups, EveryFaultHasItsOwnAffectedShards) {
    const auto groups = groups_of({{"worker1"}, {"worker3", "worker4"}});
    const auto affected = [&](std::int32_t shard, std::size_t set) {
        return groups.affected(groups.group_of(shard), set);
    };
    EXPECT_TRUE(affected(0, 0) && !affected(0, 1));
    EXPECT_TRUE(!affected(1, 0) && affected(1, 1));
    EXPECT_TRUE(!affected(2, 0) && affected(2, 1));
    EXPECT_TRUE(affected(3, 0) && affected(3, 1));
}

} // namespace
} // namespace citusbench::test
