#include "worker/backoff.hpp"

#include <gtest/gtest.h>

#include "worker/connect_throttle.hpp"

namespace citusbench {
namespace {

constexpr Ticks ms_of_retry = 1'000'000;

PendingOperation sent_operation(std::uint64_t index, Ticks first_sent) {
    PendingOperation operation;
    operation.index = index;
    operation.first_sent = first_sent;
    return operation;
}

TEST(RetrySchedule, AnOperationHasSoManyTriesAndNoMore) {
    RetrySchedule retries(2, Backoff(1, 2, 3));
    OperationQueue queue;
    auto operation = sent_operation(7, 100);
    Ticks now = 1000;
    for (unsigned tries = 1; tries <= 2; ++tries) {
        ASSERT_TRUE(retries.try_again(operation, queue, Outcome::failed, now));
        EXPECT_EQ(queue.expected, 1U);
        const auto due = retries.next_at();
        // 10 ms, then 20 ms, of which the upper half is random.
        EXPECT_GE(due - now, tries * 5 * ms_of_retry);
        EXPECT_LT(due - now, tries * 10 * ms_of_retry);
        int awake = 0;
        retries.wake(due - 1, [&](OperationQueue&) { ++awake; });
        EXPECT_EQ(awake, 0);
        retries.wake(due, [&](OperationQueue& its) { awake += &its == &queue ? 1 : 10; });
        EXPECT_EQ(awake, 1);
        EXPECT_EQ(queue.expected, 0U);
        operation = queue.pending.pop();
        EXPECT_EQ(operation.index, 7U) << "under the same id";
        EXPECT_EQ(operation.due, due);
        EXPECT_EQ(operation.tries, tries);
        now = due;
    }
    EXPECT_FALSE(retries.try_again(operation, queue, Outcome::failed, now));
    EXPECT_EQ(retries.next_at(), never);
    EXPECT_EQ(retries.count(), 2U);
}

TEST(RetrySchedule, ATryOfUnknownOutcomeIsRemembered) {
    RetrySchedule retries(3, Backoff(1, 2, 3));
    OperationQueue queue;
    auto operation = sent_operation(7, 100);
    for (const auto outcome : {Outcome::failed, Outcome::unknown, Outcome::failed}) {
        ASSERT_TRUE(retries.try_again(operation, queue, outcome, 0));
        retries.wake(retries.next_at(), [](OperationQueue&) {});
        operation = queue.pending.pop();
        EXPECT_EQ(operation.may_be_done, operation.tries >= 2);
    }
}

TEST(RetrySchedule, KnowsTheFirstSendOfWhatHasNoFinalOutcome) {
    RetrySchedule retries(1, Backoff(1, 2, 3));
    OperationQueue queue;
    EXPECT_EQ(retries.oldest_sent(1000), 1000);
    retries.try_again(sent_operation(1, 300), queue, Outcome::failed, 400);
    retries.try_again(sent_operation(2, 200), queue, Outcome::failed, 400);
    EXPECT_EQ(retries.oldest_sent(1000), 200);
    std::vector<std::uint64_t> dropped;
    retries.drop([&](const PendingOperation& operation, OperationQueue&) {
        dropped.push_back(operation.index);
        if (operation.index == 2) retries.on_complete(operation);
    });
    EXPECT_EQ(dropped.size(), 2U);
    EXPECT_EQ(retries.oldest_sent(1000), 300);
    EXPECT_EQ(retries.next_at(), never);
    EXPECT_EQ(queue.expected, 0U);
}

TEST(Backoff, DoublesFromTenMillisecondsToASecondWithTheUpperHalfAtRandom) {
    Backoff backoff(1, 2, 3);
    for (unsigned failures = 0; failures < 70; ++failures) {
        const auto most = failures < 7 ? 10 * ms_of_retry << failures : Backoff::max_delay;
        std::set<Ticks> delays;
        for (int i = 0; i < 100; ++i) delays.insert(backoff(failures));
        EXPECT_GE(*delays.begin(), most / 2);
        EXPECT_LT(*delays.rbegin(), most);
        EXPECT_GT(delays.size(), 90U);
    }
}

TEST(SlotBackoff, ASlotWaitsAfterAnErrorAndIsExpectedMeanwhile) {
    SlotBackoff slots;
    OperationQueue one;
    OperationQueue other;
    EXPECT_EQ(slots.next_at(), never);
    slots.add(one, 100);
    slots.add(other, 200);
    EXPECT_EQ(slots.next_at(), 100 + error_backoff);
    EXPECT_EQ(one.expected, 1U);
    std::vector<std::pair<OperationQueue*, Ticks>> awake;
    const auto keep = [&](OperationQueue& queue, Ticks due) { awake.emplace_back(&queue, due); };
    slots.wake(100 + error_backoff - 1, keep);
    EXPECT_TRUE(awake.empty());
    slots.wake(150 + error_backoff, keep);
    ASSERT_EQ(awake.size(), 1U);
    EXPECT_EQ(awake[0], std::pair(&one, 100 + error_backoff));
    EXPECT_EQ(one.expected, 0U);
    EXPECT_EQ(other.expected, 1U);
    EXPECT_EQ(slots.count(), 2U);
}

TEST(ConnectThrottle, LimitsAttemptsUnderWayAndInATurnAndTheirRate) {
    ConnectThrottle throttle(0);
    std::size_t begun = 0;
    for (; throttle.may_begin(5); ++begun) throttle.begin(5);
    EXPECT_EQ(begun, ConnectThrottle::max_a_turn);
    EXPECT_FALSE(throttle.is_full());
    throttle.begin_turn();
    for (; throttle.may_begin(5); ++begun) throttle.begin(5);
    EXPECT_EQ(begun, ConnectThrottle::max_under_way);
    throttle.begin_turn();
    EXPECT_TRUE(throttle.is_full());
    throttle.end();
    EXPECT_TRUE(throttle.may_begin(5));

    ConnectThrottle slow(100);
    slow.begin(1000);
    EXPECT_TRUE(slow.may_begin(1000)) << "one attempt is saved up";
    slow.begin(1000);
    EXPECT_FALSE(slow.may_begin(1099));
    EXPECT_EQ(slow.next_at(), 1100);
    slow.begin(1150);
    EXPECT_EQ(slow.next_at(), 1200) << "a late one does not lower the rate";
    slow.begin(5000);
    EXPECT_EQ(slow.next_at(), 5000) << "no more than one is saved up";
}

TEST(OperationQueue, ExpiresFromTheFrontUntilOneIsInTime) {
    OperationQueue queue(1);
    for (const Ticks due : {10, 20, 15}) {
        PendingOperation operation;
        operation.due = due;
        queue.pending.push(operation);
    }
    std::vector<Ticks> expired;
    const auto keep = [&](const PendingOperation& operation) { expired.push_back(operation.due); };
    queue.expire_pending(9, keep);
    EXPECT_TRUE(expired.empty());
    queue.expire_pending(15, keep);
    EXPECT_EQ(expired, std::vector<Ticks>{10}) << "behind one in time nothing is looked at";
    queue.expire_pending(20, keep);
    EXPECT_EQ(expired, (std::vector<Ticks>{10, 20, 15}));
    EXPECT_TRUE(queue.pending.empty());
}

} // namespace
} // namespace citusbench
