#include <gtest/gtest.h>

#include "measure/recovery.hpp"

namespace citusbench::test {
namespace {

constexpr Ticks s = 1'000'000'000;
constexpr Ticks recovery_ms = 1'000'000;
constexpr Ticks timeout = 5 * s;
constexpr std::uint16_t post = 0;
constexpr std::uint16_t latest = 1;
constexpr std::int32_t on_worker1 = 0;
constexpr std::int32_t on_worker2 = 1;

/// Two shards, each on its own worker; worker1 fails. Zero is 100 s on the clock.
class RecoveryTest : public testing::Test {
  protected:
    static constexpr Ticks zero = 100 * s;

    void operation(double at_s, Outcome outcome, Ticks response, std::uint16_t kind = post,
                   std::int32_t shard = on_worker1) {
        Completion each;
        each.intended = zero + static_cast<Ticks>(at_s * 1e9);
        each.sent = outcome == Outcome::skipped ? 0 : each.intended;
        each.done = each.intended + response;
        each.kind = kind;
        each.shard = shard;
        each.outcome = outcome;
        completions.push_back(each);
    }
    /// Ten posts a second on each shard in [from, to), and ten reads.
    void everyday(double from_s, double to_s, Ticks response = 2 * recovery_ms) {
        for (int i = 0; from_s + i * 0.1 < to_s - 1e-9; ++i)
            for (const auto kind : {post, latest})
                for (const auto shard : {on_worker1, on_worker2})
                    operation(from_s + i * 0.1, Outcome::ok, response, kind, shard);
    }
    void crash(double injected_s, double confirmed_s, double healed_s) {
        Outage outage;
        outage.kind = "crash";
        outage.nodes = {"worker1"};
        outage.injected = zero + static_cast<Ticks>(injected_s * 1e9);
        outage.confirmed = zero + static_cast<Ticks>(confirmed_s * 1e9);
        outage.heal_started = zero + static_cast<Ticks>(healed_s * 1e9) - 100 * recovery_ms;
        outage.healed = outage.redundant = zero + static_cast<Ticks>(healed_s * 1e9);
        outages.push_back(outage);
    }
    void finish(double end_s) {
        recovery.add(completions);
        recovery.finish(zero + static_cast<Ticks>(end_s * 1e9), outages);
    }
    RecoveryRow row(const std::string& operation, const std::string& key_group,
                    std::size_t fault = 1) {
        for (auto& each : recovery.rows(outages))
            if (each.fault == fault && each.operation == operation && each.key_group == key_group)
                return each;
        ADD_FAILURE() << "no row " << operation << " " << key_group;
        return {};
    }

    KeyGroups groups{ShardMap(Engine::fdw, 2), {{"worker1"}, {"worker2"}}, {{"worker1"}}};
    Recovery recovery{{{"post", true}, {"latest", false}}, groups, zero, timeout, 1};
    std::vector<Completion> completions;
    std::vector<Outage> outages;
};

/// worker1 is down from 10.05 to 15 s; its writes fail at once, everything else goes on.
class ACrash : public RecoveryTest {
  protected:
    ACrash() {
        everyday(0, 10);
        crash(10.0, 10.05, 15.0);
        for (int i = 1; i < 50; ++i) {
            operation(10 + i * 0.1, Outcome::failed, 1 * recovery_ms, post, on_worker1);
            operation(10 + i * 0.1, Outcome::ok, 2 * recovery_ms, post, on_worker2);
            for (const auto shard : {on_worker1, on_worker2})
                operation(10 + i * 0.1, Outcome::ok, 2 * recovery_ms, latest, shard);
        }
        everyday(15.0, 30);
        finish(30);
    }
};

TEST_F(ACrash, CountsOperationsBetweenConfirmationAndHealing) {
    const auto writes = row("write", "affected");
    EXPECT_EQ(writes.scheduled, 49U);
    EXPECT_EQ(writes.failed, 49U);
    EXPECT_EQ(row("write", "unaffected").ok, 49U);
    EXPECT_EQ(row("write", "all").scheduled, 98U);
    EXPECT_EQ(row("all", "all").scheduled, 196U);
    EXPECT_EQ(row("post", "affected").failed, writes.failed);
}

TEST_F(ACrash, MeasuresWhenErrorsBeganAndHowLongNothingSucceeded) {
    const auto writes = row("write", "affected");
    EXPECT_DOUBLE_EQ(*writes.time_to_first_error_ms, 51); // 10.1 s + 1 ms, seen from 10.05 s
    EXPECT_NEAR(*writes.unavailable_ms, 5100, 1);         // from 9.902 s to 15.002 s
    EXPECT_NEAR(writes.gaps_ms, 5100, 1);
    EXPECT_NEAR(*writes.time_to_first_ok_ms, 4952, 1);
    const auto others = row("write", "unaffected");
    EXPECT_FALSE(others.time_to_first_error_ms);
    EXPECT_NEAR(*others.unavailable_ms, 200, 1); // the tick at 10.0 s is missing
    EXPECT_FALSE(row("read", "affected").time_to_first_error_ms);
}

TEST_F(ACrash, IsOverWhenFiveSecondsWereAsBefore) {
    EXPECT_DOUBLE_EQ(*row("write", "affected").time_to_baseline_ms, 10'000);
    EXPECT_DOUBLE_EQ(*row("write", "unaffected").time_to_baseline_ms, 5'000);
    EXPECT_DOUBLE_EQ(*row("write", "all").time_to_redundancy_ms, 4950);
}

TEST_F(ACrash, SharesAreOfKeysAndNotOfOperations) {
    const auto keys = recovery.key_outages({30, 70});
    ASSERT_EQ(keys.size(), 2U);
    const auto& writes = keys[0].writes ? keys[0] : keys[1];
    const auto& reads = keys[0].writes ? keys[1] : keys[0];
    EXPECT_DOUBLE_EQ(writes.keys_share, 0.3);
    EXPECT_DOUBLE_EQ(writes.affected_share, 0.3);
    EXPECT_NEAR(writes.max_ms, 4851, 1); // the last error came at 14.901 s
    EXPECT_DOUBLE_EQ(reads.keys_share, 0);
}

TEST_F(RecoveryTest, ErrorsBetweenInjectionAndConfirmationCountAsAtOnce) {
    everyday(0, 10);
    crash(10.0, 10.5, 12);
    operation(10.1, Outcome::failed, 1 * recovery_ms);
    finish(20);
    EXPECT_DOUBLE_EQ(*row("write", "affected").time_to_first_error_ms, 0);
}

TEST_F(RecoveryTest, SlowResponsesKeepItFromBeingAsBefore) {
    everyday(0, 10);
    crash(10.0, 10.0, 12);
    everyday(10, 16, 9 * recovery_ms); // as many, but slower than 1.2 × 2 ms
    everyday(16, 30);
    finish(30);
    EXPECT_DOUBLE_EQ(*row("all", "all").time_to_baseline_ms, 11'000);
}

TEST_F(RecoveryTest, ABadWindowBeforeTheFaultSetsTheMeasure) {
    everyday(0, 5, 9 * recovery_ms);
    everyday(5, 10);
    crash(10.0, 10.0, 12);
    everyday(10, 20, 9 * recovery_ms);
    finish(20);
    EXPECT_DOUBLE_EQ(*row("all", "all").time_to_baseline_ms, 5'000);
}

TEST_F(RecoveryTest, WhatNeverComesBackHasNoTimeAndAnOpenGap) {
    everyday(0, 10);
    crash(10.0, 10.0, 1000);
    outages[0].healed = outages[0].redundant = never;
    operation(11, Outcome::skipped, timeout);
    finish(20);
    const auto writes = row("write", "affected");
    EXPECT_FALSE(writes.time_to_first_ok_ms);
    EXPECT_FALSE(writes.time_to_baseline_ms);
    EXPECT_FALSE(writes.time_to_redundancy_ms);
    EXPECT_FALSE(writes.healed_s);
    EXPECT_NEAR(*writes.unavailable_ms, 10'098, 1);
    EXPECT_EQ(writes.skipped, 1U);
    EXPECT_DOUBLE_EQ(*writes.worst_operation_ms, 5000);
    EXPECT_TRUE(writes.worst_operation_censored);
}

TEST_F(RecoveryTest, TheSlowestSuccessIsNotCensored) {
    everyday(0, 10);
    crash(10.0, 10.0, 12);
    operation(10.5, Outcome::ok, 1700 * recovery_ms);
    operation(10.6, Outcome::failed, 3 * recovery_ms);
    finish(20);
    EXPECT_DOUBLE_EQ(*row("write", "affected").worst_operation_ms, 1700);
    EXPECT_FALSE(row("write", "affected").worst_operation_censored);
}

TEST_F(RecoveryTest, ALaterFaultHasItsOwnRowsAndEndsTheEarlierOne) {
    everyday(0, 10);
    crash(10.0, 10.0, 11);
    everyday(11, 20);
    crash(20.0, 20.0, 23);
    everyday(23, 30);
    finish(30);
    EXPECT_NEAR(*row("all", "all", 1).unavailable_ms, 1100, 1);
    EXPECT_NEAR(*row("all", "all", 2).unavailable_ms, 3100, 1);
    EXPECT_DOUBLE_EQ(*row("all", "all", 1).time_to_baseline_ms, 6'000);
}

TEST_F(RecoveryTest, AFaultOfAnotherNodeCountsItsGapFromTheLastSuccessBeforeItself) {
    const KeyGroups both(ShardMap(Engine::fdw, 2), {{"worker1"}, {"worker2"}},
                         {{"worker1"}, {"worker2"}});
    Recovery sequence({{"post", true}, {"latest", false}}, both, zero, timeout, 2);
    everyday(0, 10);
    crash(10.0, 10.05, 12.0);
    everyday(12.0, 20);
    crash(20.0, 20.05, 22.0);
    outages.back().nodes = {"worker2"};
    outages.back().fault = 1;
    everyday(22.0, 25);
    sequence.add(completions);
    sequence.finish(zero + 25 * s, outages);
    int found = 0;
    for (const auto& each : sequence.rows(outages)) {
        if (!each.unavailable_ms) continue;
        EXPECT_NEAR(*each.unavailable_ms, 2100, 150)
            << each.fault << " " << each.operation << " " << each.key_group;
        ++found;
    }
    EXPECT_GE(found, 2 * 3 * 3);
}

TEST_F(RecoveryTest, PiecesInAnyOrderGiveTheSameAsTheWhole) {
    crash(10.0, 10.05, 15.0);
    everyday(0, 10);
    everyday(15, 20);
    std::vector<Completion> even;
    std::vector<Completion> odd;
    for (std::size_t i = 0; i < completions.size(); ++i)
        (i % 2 == 0 ? even : odd).push_back(completions[completions.size() - 1 - i]);
    recovery.add(even);
    recovery.add(odd);
    for (Ticks at = zero; at < zero + 20 * s; at += s / 3) recovery.advance(at, outages);
    recovery.finish(zero + 20 * s, outages);
    EXPECT_NEAR(*row("write", "affected").unavailable_ms, 5100, 1);
    EXPECT_NEAR(*row("write", "affected").time_to_first_ok_ms, 4952, 1);
}

TEST(RecoverySummaryTest, GivesLeastMedianAndMostOverTheFaults) {
    std::vector<RecoveryRow> rows(3);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].operation = "write";
        rows[i].key_group = "affected";
        rows[i].unavailable_ms = std::array{700.0, 100.0, 200.0}[i];
    }
    rows[1].time_to_baseline_ms = 5000;
    const auto summaries = summarize_recovery(rows);
    ASSERT_EQ(summaries.size(), 1U);
    EXPECT_DOUBLE_EQ(summaries[0].unavailable_ms->min, 100);
    EXPECT_DOUBLE_EQ(summaries[0].unavailable_ms->median, 200);
    EXPECT_DOUBLE_EQ(summaries[0].unavailable_ms->max, 700);
    EXPECT_EQ(summaries[0].time_to_baseline_ms->missing, 2U);
    EXPECT_FALSE(summaries[0].time_to_first_error_ms);
}

} // namespace
} // namespace citusbench::test
