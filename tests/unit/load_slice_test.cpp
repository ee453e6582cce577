#include "load/load_options.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "cli/make_plan.hpp"
#include "cli/plan_tables.hpp"
#include "core/error.hpp"
#include "core/random.hpp"
#include "load/arrival.hpp"
#include "record/stats_json.hpp"
#include "verify/ledger.hpp"

namespace citusbench {
namespace {

/// What making a plan of these options says against them; empty if nothing.
std::string share_refusal(std::vector<std::string> args) {
    args.insert(args.begin(), {"--workload", "chat"});
    try {
        make_plan(parse_run_options(args), args);
    } catch (const UsageError& error) {
        return error.what();
    }
    return {};
}

TEST(LoadSlice, PartsHaveDisjointIndicesAndTogetherAllOfThem) {
    const std::vector<unsigned> threads = {1, 3, 2}; // of the three processes
    std::set<std::uint64_t> seen;
    for (unsigned part = 0; part < 3; ++part) {
        const LoadSlice slice{part, 3};
        for (unsigned thread = 0; thread < threads[part]; ++thread)
            for (std::uint64_t index = slice.thread_index(thread); index < 900;
                 index += slice.thread_count(threads[part]))
                EXPECT_TRUE(seen.insert(index).second) << index << " twice";
    }
    EXPECT_EQ(seen.size(), 900U);
}

TEST(LoadSlice, AConstantRateIsTheWholeLoadsWhateverTheThreads) {
    std::multiset<Ticks> due;
    for (unsigned part = 0; part < 2; ++part) {
        const LoadSlice slice{part, 2};
        for (unsigned thread = 0; thread <= part; ++thread)
            for (ArrivalSchedule schedule(Constant{1000}, 0, slice.thread_index(thread),
                                          slice.thread_count(part + 1), 1);
                 schedule.next() < 1'000'000'000; schedule.advance())
                due.insert(schedule.next());
    }
    EXPECT_EQ(due.size(), 1000U);
    EXPECT_EQ(due.count(500'000'000), 1U);
}

TEST(LoadSlice, IsReadAsIOfK) {
    EXPECT_EQ(parse_shard_of("2/8").index, 1U);
    EXPECT_EQ(parse_shard_of("2/8").count, 8U);
    EXPECT_FALSE(parse_shard_of("1/1").is_part());
    for (const auto* text : {"", "1", "0/2", "3/2", "1/0", "1/2/3", "a/b", "-1/2", "1/1001"})
        EXPECT_THROW(parse_shard_of(text), std::invalid_argument) << text;
}

TEST(LoadSlice, AMomentIsATimeInUtcOrSeconds) {
    EXPECT_EQ(parse_moment("1970-01-01T00:01:00Z"), 60'000'000);
    EXPECT_EQ(parse_moment("2026-01-31T12:00:00.5Z"), 1'769'860'800'500'000);
    EXPECT_EQ(parse_moment("1769860800.25"), 1'769'860'800'250'000);
    for (const auto* text : {"", "soon", "12:00", "2026-01-31", "2026-01-31T12:00:00", "-5", "nan",
                             "2026-01-31T12:00:00+01", "99999999999"})
        EXPECT_THROW(parse_moment(text), std::invalid_argument) << text;
}

TEST(LoadSlice, WhatCannotBeSharedIsRefusedWithTheHint) {
    EXPECT_NE(share_refusal({"--shard-of", "1/2"}).find("--start-at"), std::string::npos);
    EXPECT_NE(share_refusal({"--shard-of", "1/2", "--start-at", "1769860800"}).find("--dsn"),
              std::string::npos);
    EXPECT_NE(
        share_refusal({"--shard-of", "5/2", "--dsn", "host=x"}).find("--shard-of 5/2: write I/K"),
        std::string::npos);
    EXPECT_EQ(share_refusal({"--shard-of", "1/2", "--start-at", "1769860800", "--dsn", "host=x"}),
              "");
}

TEST(Ledger, PartsOfALoadAreAddedAndOverlapsRefused) {
    Ledger whole(4);
    Ledger first(4);
    Ledger second(4);
    const auto outcome = [](std::uint64_t i) {
        return i % 5 == 0 ? Outcome::unknown : i % 3 == 0 ? Outcome::failed : Outcome::ok;
    };
    for (std::uint64_t i = 0; i < 5000; ++i) {
        const auto at = static_cast<Ticks>(i);
        whole.record(i, outcome(i), at, at + 10);
        (i % 2 == 0 ? first : second).record(i, outcome(i), at, at + 10);
    }
    Ledger sum(4);
    sum.merge(first);
    sum.merge(second);
    EXPECT_EQ(sum.end(), whole.end());
    for (std::uint64_t i = 0; i < 5000; ++i) ASSERT_EQ(sum.mark(i), whole.mark(i)) << i;
    for (const auto mark : {Ledger::Mark::ok, Ledger::Mark::failed, Ledger::Mark::unknown})
        EXPECT_EQ(sum.count(mark), whole.count(mark));
    EXPECT_TRUE(sum.precedes(0, 4900));
    EXPECT_FALSE(sum.precedes(4900, 0));
    EXPECT_THROW(sum.merge(second), std::invalid_argument);
    EXPECT_THROW(sum.merge(Ledger(3)), std::invalid_argument);
}

TEST(StatsJson, CountsAndHistogramsComeBackWithoutLoss) {
    std::vector<OpStats> operations(1);
    auto& stats = operations.front();
    Random random(3, 1, 4);
    for (int i = 0; i < 3000; ++i) {
        const auto outcome = random.below(outcome_count);
        ++stats.scheduled;
        ++stats.outcomes[outcome];
        const auto ns = static_cast<std::int64_t>((100ULL << random.below(25)) + random.below(777));
        stats.response[outcome].record(ns);
        if (outcome != index_of(Outcome::skipped)) stats.service[outcome].record(ns / 2);
    }
    stats.rows = 12345;
    const auto copies = stats_from_json(stats_to_json(operations));
    const auto& back = copies.at(0);
    EXPECT_EQ(back.scheduled, stats.scheduled);
    EXPECT_EQ(back.outcomes, stats.outcomes);
    EXPECT_EQ(back.rows, stats.rows);
    for (std::size_t i = 0; i < outcome_count; ++i) {
        const auto& own = stats.response[i];
        const auto& other = back.response[i];
        EXPECT_EQ(other.count(), own.count());
        EXPECT_EQ(other.min(), own.min());
        EXPECT_EQ(other.max(), own.max());
        EXPECT_EQ(other.mean(), own.mean());
        for (const auto q : {0.0, 0.01, 0.5, 0.9, 0.999, 1.0})
            EXPECT_EQ(other.quantile(q), own.quantile(q)) << q;
        EXPECT_EQ(back.service[i].count(), stats.service[i].count());
    }
    auto damaged = stats_to_json(operations);
    damaged.insert(damaged.find("\"buckets\":[") + std::string("\"buckets\":[").size(), "7,");
    EXPECT_THROW(stats_from_json(damaged), std::invalid_argument);
    EXPECT_THROW(stats_from_json("[{}]"), std::invalid_argument);
    EXPECT_THROW(stats_from_json("[{"), std::invalid_argument);
}

} // namespace
} // namespace citusbench
