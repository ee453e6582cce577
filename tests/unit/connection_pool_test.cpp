// The connections of a worker by themselves, against null servers: loss, deadlines, another entry
// and the way back.
#include <gtest/gtest.h>

#include "support/not_empty.hpp"
#include "unit/pool_support.hpp"

namespace citusbench::test {
namespace {

constexpr Ticks pool_second = 1'000'000'000;

NullScript answering_after(Ticks delay) {
    NullScript script;
    script.delay = delay;
    return script;
}

TEST(ConnectionPool, ValuesComeBackWithTheirRepliesAcrossTheEndOfTheRing) {
    NullServer server;
    PoolDriver driver({server.conninfo()}, plan_of(1, 3, 2));
    std::vector<std::uint64_t> expected;
    for (std::uint64_t first = 0; first < 20; first += 2) {
        driver.put(0, first, 2);
        expected.insert(expected.end(), {first, first + 1});
        ASSERT_TRUE(
            driver.until([&] { return driver.observer.answered.size() == expected.size(); }));
    }
    EXPECT_EQ(driver.observer.answered, expected);
    EXPECT_EQ(driver.connection(0).pipeline.in_flight(), 0U);
}

TEST(ConnectionPool, ALostConnectionAnswersWhatWasInFlightInItsOrderAndComesBack) {
    NullServer server(answering_after(60 * pool_second));
    PoolDriver driver({server.conninfo()}, plan_of(1, 3));
    driver.put(0, 7, 3);
    EXPECT_EQ(driver.connection(0).pipeline.oldest().operation.index, 7U);
    server.drop_all(now_ticks(), 100'000'000);
    ASSERT_TRUE(driver.until([&] { return driver.observer.closed > 0; }));
    EXPECT_EQ(driver.observer.answered, (std::vector<std::uint64_t>{7, 8, 9}));
    for (const auto completion_kind : test::not_empty(driver.observer.completion_kinds))
        EXPECT_EQ(completion_kind, pg::CompletionKind::connection_lost);
    EXPECT_TRUE(driver.until([&] { return driver.pool.all_ready(); }));
    EXPECT_EQ(driver.observer.ready_at.size(), 2U);
}

TEST(ConnectionPool, AConnectionWhoseServerMissesADeadlineIsThrownAwayAtThatTime) {
    NullServer server(answering_after(60 * pool_second));
    auto plan = plan_of(1);
    plan.timeout = 200'000'000;
    PoolDriver driver({server.conninfo()}, plan);
    const auto sent = now_ticks();
    driver.put(0, 1, 1);
    ASSERT_TRUE(driver.until([&] { return !driver.observer.answered.empty(); }));
    EXPECT_GE(now_ticks() - sent, plan.timeout);
    EXPECT_EQ(driver.canceller.counts().requested, 1U);
    EXPECT_EQ(driver.observer.ok, std::vector<bool>{false});
}

TEST(ConnectionPool, AfterALossTheConnectionIsAtAnotherEntryAndComesBackOnceItsOwnAnswers) {
    NullServer first;
    NullServer second;
    PoolDriver driver({first.conninfo(), second.conninfo()}, plan_of(4));
    const auto lost = now_ticks();
    first.drop_all(lost, 1'200'000'000); // the first look back, after 1 s, finds it away
    const auto& placement = [&](std::size_t i) -> const Placement& {
        return driver.connection(i).placement;
    };
    ASSERT_TRUE(driver.until([&] { return driver.observer.ready_at.size() == 6; }));
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(placement(i).entry, 1U) << i;
    ASSERT_TRUE(driver.until([&] { return driver.observer.ready_at.size() == 8; }));
    EXPECT_GE(now_ticks() - lost, 2 * FailBack::check_every);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(placement(i).entry, i % 2) << i;
        EXPECT_FALSE(placement(i).is_away()) << i;
    }
    EXPECT_EQ(driver.observer.lost_at, (std::vector<std::size_t>{0, 0})) << "one was lost again";
    ASSERT_TRUE(driver.until([&] { return first.counts().open == 2; })) << "the probe is open";
}

TEST(ConnectionPool, AConnectionIsKeptWhileItsPreferredEntryTakesAndDoesNotAnswer) {
    NullServer first;
    NullServer second;
    auto plan = plan_of(2);
    plan.timeout = 300'000'000;
    PoolDriver driver({first.conninfo(), second.conninfo()}, plan);
    const auto begun = now_ticks();
    first.drop_all(begun, 100'000'000);
    ASSERT_TRUE(driver.until([&] { return driver.observer.ready_at.size() == 3; }));
    first.freeze(now_ticks(), 3 * pool_second);
    driver.until([&] { return now_ticks() > begun + 3 * pool_second; });
    EXPECT_EQ(driver.connection(0).placement.entry, 1U);
    EXPECT_TRUE(driver.pool.all_ready());
    EXPECT_EQ(driver.observer.lost_at.size(), 1U);
}

TEST(ConnectionPool, AConnectionThatIsToFailBackEndsFirstWhatIsInFlight) {
    NullServer first;
    NullServer second(answering_after(2 * pool_second));
    PoolDriver driver({first.conninfo(), second.conninfo()}, plan_of(2));
    first.drop_all(now_ticks(), 50'000'000);
    ASSERT_TRUE(driver.until([&] { return driver.observer.ready_at.size() == 3; }));
    driver.put(0, 5, 1);
    ASSERT_TRUE(driver.until([&] { return driver.connection(0).leaving; }));
    EXPECT_EQ(driver.connection(0).placement.entry, 1U);
    driver.put(0, 6, 1);
    ASSERT_TRUE(driver.until([&] { return driver.observer.answered.size() == 2; }));
    EXPECT_EQ(driver.observer.ok, (std::vector<bool>{true, true}));
    EXPECT_EQ(driver.connection(0).placement.entry, 0U) << "6 did not wait for the way back";
}

TEST(Placement, GoesThroughTheOthersAndIsAtHomeAgainAfterAllOfThem) {
    Placement placement(1, 0);
    EXPECT_FALSE(placement.is_away());
    std::vector<std::size_t> entries;
    for (int i = 0; i < 3; ++i) {
        placement.fail_over(3);
        entries.push_back(placement.entry);
        EXPECT_EQ(placement.is_away(), i < 2);
    }
    EXPECT_EQ(entries, (std::vector<std::size_t>{2, 0, 1}));
    placement.fail_over(3);
    placement.fail_back();
    EXPECT_EQ(placement.entry, 1U);
    EXPECT_FALSE(placement.is_away());
}

} // namespace
} // namespace citusbench::test
