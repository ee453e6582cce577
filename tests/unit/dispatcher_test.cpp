// Queues, batches and expiry, without a worker.
#include <gtest/gtest.h>

#include "unit/pool_support.hpp"

namespace citusbench::test {
namespace {

constexpr Ticks long_ago = 1;

std::vector<std::uint64_t> expired_at(PoolDriver& driver, Ticks now, bool drop = false) {
    std::vector<std::uint64_t> expired;
    driver.dispatcher.expire_pending(now, drop,
                                     [&](const PendingOperation& operation, OperationQueue&) {
                                         expired.push_back(operation.index);
                                     });
    return expired;
}

LoadPlan open_plan(unsigned connections, std::size_t depth = 1, std::size_t batch = 1) {
    auto plan = plan_of(connections, depth, batch);
    plan.arrival = Constant{1};
    return plan;
}

TEST(Dispatcher, AClosedLoopsBatchWaitsUntilItIsFullOrNothingCanFillIt) {
    NullServer server;
    PoolDriver driver({server.conninfo()}, plan_of(1, 4, 2));
    auto& queue = *driver.connection(0).queue;
    queue.expected = 1;
    driver.put(0, 1, 1);
    EXPECT_EQ(queue.pending.size(), 1U) << "another slot backs off, and will fill the batch";
    driver.put(0, 2, 1);
    EXPECT_TRUE(queue.pending.empty());
    ASSERT_TRUE(driver.until([&] { return driver.observer.answered.size() == 2; }));
    queue.expected = 0;
    driver.put(0, 3, 1);
    EXPECT_TRUE(queue.pending.empty()) << "nothing is on its way that could fill the batch";
    ASSERT_TRUE(driver.until([&] { return driver.observer.answered.size() == 3; }));
}

TEST(Dispatcher, ASharedQueueIsSentInItsOrderByTheConnectionsThatHaveRoom) {
    NullScript script;
    script.remembered = 100;
    script.delay = 20'000'000;
    NullServer server(script);
    PoolDriver driver({server.conninfo()}, open_plan(2, 2));
    auto& queue = driver.dispatcher.shared_queue(0);
    EXPECT_EQ(driver.connection(0).queue, &queue);
    EXPECT_EQ(driver.connection(1).queue, &queue);
    for (std::uint64_t i = 1; i <= 6; ++i) queue.pending.push(PoolDriver::operation(i));
    driver.dispatcher.serve_all();
    EXPECT_EQ(queue.pending.size(), 2U) << "two connections take two each";
    EXPECT_EQ(queue.pending.front().index, 5U);
    EXPECT_EQ(driver.connection(0).pipeline.in_flight(), 2U);
    EXPECT_EQ(driver.connection(1).pipeline.in_flight(), 2U);
    ASSERT_TRUE(driver.until([&] {
        driver.dispatcher.serve_all();
        return driver.observer.answered.size() == 6;
    }));
}

TEST(Dispatcher, ASharedQueueExpiresFromTheFrontAfterTheTimeout) {
    NullServer server;
    PoolDriver driver({server.conninfo()}, open_plan(1));
    auto& queue = driver.dispatcher.shared_queue(0);
    EXPECT_EQ(driver.dispatcher.next_expiry(), never);
    for (std::uint64_t i = 1; i <= 3; ++i)
        queue.pending.push(PoolDriver::operation(i, long_ago + static_cast<Ticks>(i)));
    const auto timeout = driver.plan.timeout;
    EXPECT_EQ(driver.dispatcher.next_expiry(), long_ago + 1 + timeout);
    EXPECT_TRUE(expired_at(driver, long_ago + timeout).empty());
    EXPECT_EQ(expired_at(driver, long_ago + 2 + timeout), (std::vector<std::uint64_t>{1, 2}));
    EXPECT_EQ(expired_at(driver, long_ago, true), std::vector<std::uint64_t>{3}) << "all dropped";
}

TEST(Dispatcher, WhatWaitsForAClosedConnectionAloneExpires) {
    NullServer server;
    PoolDriver driver({server.conninfo()}, plan_of(1));
    const auto due = now_ticks();
    driver.pool.on_connection_lost(driver.connection(0), due);
    driver.connection(0).queue->pending.push(PoolDriver::operation(4, due));
    driver.dispatcher.serve(*driver.connection(0).queue);
    EXPECT_EQ(driver.dispatcher.next_expiry(), due + driver.plan.timeout);
    EXPECT_TRUE(expired_at(driver, due + driver.plan.timeout - 1).empty());
    EXPECT_EQ(expired_at(driver, due + driver.plan.timeout), std::vector<std::uint64_t>{4});
    EXPECT_EQ(driver.dispatcher.next_expiry(), never);
}

TEST(Dispatcher, WhatIsPutInPlaceOfAnExpiredOperationWaitsItsOwnTime) {
    NullServer server;
    PoolDriver driver({server.conninfo()}, plan_of(1));
    auto& connection = driver.connection(0);
    const auto due = now_ticks();
    driver.pool.on_connection_lost(connection, due);
    connection.queue->pending.push(PoolDriver::operation(4, due));
    driver.dispatcher.serve(*connection.queue);
    const auto now = due + driver.plan.timeout;
    driver.dispatcher.expire_pending(now, false,
                                     [&](const PendingOperation&, OperationQueue& queue) {
                                         queue.pending.push(PoolDriver::operation(5, now));
                                     });
    EXPECT_EQ(connection.queue->pending.front().index, 5U);
    EXPECT_EQ(driver.dispatcher.next_expiry(), now + driver.plan.timeout);
}

} // namespace
} // namespace citusbench::test
