#include "worker/operation_queue.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "core/random.hpp"

namespace citusbench {
namespace {

TEST(Ring, GivesBackInTheOrderOfThePushesAcrossItsEnd) {
    for (const std::size_t capacity : {1U, 2U, 3U, 7U, 64U}) {
        Ring<std::uint64_t> ring(capacity);
        std::deque<std::uint64_t> expected;
        Random random(1, 2, capacity);
        for (std::uint64_t i = 0; i < 10'000; ++i) {
            const bool push = expected.empty() || (expected.size() < capacity && random.below(2));
            if (push) {
                ring.push(i);
                expected.push_back(i);
            } else {
                ASSERT_EQ(ring.front(), expected.front());
                ASSERT_EQ(ring.pop(), expected.front());
                expected.pop_front();
            }
            ASSERT_EQ(ring.size(), expected.size());
            ASSERT_EQ(ring.empty(), expected.empty());
        }
    }
}

TEST(Ring, GrowsWhereverItBeganAndKeepsTheOrder) {
    Random random(3, 4, 5);
    Ring<std::uint64_t> ring;
    std::deque<std::uint64_t> expected;
    for (std::uint64_t i = 0; i < 10'000; ++i) {
        if (expected.empty() || random.below(3) > 0) {
            ring.push(i);
            expected.push_back(i);
        } else {
            ASSERT_EQ(ring.pop(), expected.front());
            expected.pop_front();
        }
        if (i % 7 == 0 && !expected.empty()) {
            ring.push(ring.front()); // its own item
            expected.push_back(expected.front());
        }
        ASSERT_EQ(ring.size(), expected.size());
    }
    for (; !expected.empty(); expected.pop_front()) ASSERT_EQ(ring.pop(), expected.front());
    EXPECT_TRUE(ring.empty());
}

} // namespace
} // namespace citusbench
