#include "capacity/objective.hpp"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>

namespace citusbench {
namespace {

const std::vector<OperationInfo> operations = {{"post", true}, {"latest", false}, {"page", false}};
constexpr std::array weights = {30.0, 70.0, 0.0};
constexpr Ticks timeout = 5'000'000'000;

Slo slo(const std::string& text) {
    return Slo::parse(text, operations, weights);
}

std::string complaint(const std::string& text) {
    try {
        slo(text);
        return "taken";
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
}

OpStats stats(std::uint64_t ok, std::int64_t ok_ns, std::uint64_t bad = 0,
              Outcome outcome = Outcome::failed) {
    OpStats result;
    result.scheduled = ok + bad;
    for (std::uint64_t i = 0; i < ok; ++i) result.response[index_of(Outcome::ok)].record(ok_ns);
    for (std::uint64_t i = 0; i < bad; ++i) result.response[index_of(outcome)].record(1000);
    result.outcomes[index_of(Outcome::ok)] = ok;
    result.outcomes[index_of(outcome)] += bad;
    return result;
}

std::vector<OpStats> counts(OpStats post, OpStats latest = {}) {
    std::vector<OpStats> result;
    result.push_back(std::move(post));
    result.push_back(std::move(latest));
    result.emplace_back();
    return result;
}

bool holds(const std::string& text, const std::vector<OpStats>& by_kind) {
    return slo(text).holds({by_kind, timeout});
}

constexpr std::int64_t ms = 1'000'000;

TEST(Objective, TextsAreTakenWithUnitsScopesAndBlanks) {
    const auto parsed = slo(" p99 < 20ms, failed<=0.1% ,read.p99.9<1s,post.mean<500us");
    ASSERT_EQ(parsed.objectives().size(), 4U);
    EXPECT_EQ(parsed.objectives()[0].limit, 20'000);
    EXPECT_FALSE(parsed.objectives()[0].inclusive);
    EXPECT_DOUBLE_EQ(parsed.objectives()[1].limit, 0.001);
    EXPECT_TRUE(parsed.objectives()[1].inclusive);
    EXPECT_EQ(parsed.objectives()[2].scope, "read");
    EXPECT_EQ(parsed.objectives()[2].metric, Objective::Metric::p999);
    EXPECT_EQ(parsed.objectives()[3].name(), "post.mean");
    EXPECT_EQ(parsed.to_string(), "p99<20ms,failed<=0.1%,read.p99.9<1s,post.mean<500us");
}

TEST(Objective, BadTextsAreNamedWithTheHint) {
    const auto expect = [](const std::string& text, const std::string& part) {
        EXPECT_NE(complaint(text).find(part), std::string::npos) << text << ": " << complaint(text);
    };
    expect("", "p99<20ms,failed<0.1%");
    expect("fast", "'fast' is no objective");
    expect("p99<", "has no limit");
    expect("p99>5ms", "use < or <=");
    expect("p98<5ms", "mean, p50");
    expect("p99<5%", "500ms, 20s or 2m");
    expect("p99<-5ms", "500ms, 20s or 2m");
    expect("p99<0ms", "above zero");
    expect("failed<2ms", "1%, 0.01");
    expect("failed<off", "0.1% or 0.001");
    expect("failed<0%", "failed<=0%");
    expect("failed<200%", "at most 100%");
    expect("sing.p99<5ms", "post, latest");
    expect("page.p99<5ms", "--mix");
    expect("p99<5ms,", "is missing");
    expect("<5ms", "no objective");
}

TEST(Objective, LimitsAreComparedAsWritten) {
    const auto all = counts(stats(100, 10 * ms));
    EXPECT_TRUE(holds("p99<11ms", all));
    EXPECT_FALSE(holds("p99<9ms", all));
    EXPECT_FALSE(holds("max<10ms", all));
    EXPECT_TRUE(holds("max<=10ms", all));
    EXPECT_TRUE(holds("failed<=0%,errors<0.1%,mean<11ms", all));
}

TEST(Objective, WhatIsNotOkIsSlowerThanAnyLimit) {
    for (const auto outcome : {Outcome::failed, Outcome::unknown, Outcome::skipped}) {
        const auto two = counts(stats(98, 10 * ms, 2, outcome));
        EXPECT_FALSE(holds("p99<1h", two)) << "the 99th of 100 was not ok";
        EXPECT_TRUE(holds("p95<11ms", two));
        EXPECT_FALSE(holds("max<1h", two));
        EXPECT_FALSE(holds("errors<2%", two));
        EXPECT_TRUE(holds("errors<=2%", two));
        EXPECT_EQ(holds("failed<1%", two), outcome != Outcome::failed);
        EXPECT_FALSE(holds("mean<100ms", two)) << "2 % of the timeout of 5 s are 100 ms";
        EXPECT_TRUE(holds("mean<120ms", two));
        EXPECT_EQ(slo("p99<1h").values({two, timeout}), (std::vector<std::optional<double>>{{}}));
    }
}

TEST(Objective, AScopeIsEvaluatedAlone) {
    const auto mixed = counts(stats(50, 30 * ms), stats(50, 2 * ms));
    EXPECT_FALSE(holds("p99<20ms", mixed));
    EXPECT_TRUE(holds("read.p99<20ms", mixed));
    EXPECT_TRUE(holds("latest.p99<20ms", mixed));
    EXPECT_FALSE(holds("write.p99<20ms", mixed));
    EXPECT_FALSE(holds("post.p99<20ms", mixed));
    EXPECT_EQ(slo("post.p99<20ms").missed({mixed, timeout}),
              std::vector<std::string>{"post.p99 30 ms"});
}

TEST(Objective, WhereNothingWasMeasuredNothingIsShown) {
    const auto none = counts({});
    EXPECT_FALSE(holds("p99<1s", none));
    EXPECT_FALSE(holds("failed<1%", none));
    EXPECT_EQ(slo("p99<1s").missed({none, timeout}), std::vector<std::string>{"p99 not measured"});
}

TEST(Objective, ColumnsAreThoseOfTheSummaryEachOnce) {
    EXPECT_EQ(slo("p99<20ms,failed<0.1%").columns(),
              (std::vector<std::string>{"response_p99_us", "failed"}));
    EXPECT_EQ(slo("errors<1%,failed<1%,read.mean<1s,p99<1s,p99<=2s").columns(),
              (std::vector<std::string>{"failed", "unknown", "skipped", "read.response_mean_us",
                                        "response_p99_us"}));
    const auto all = counts(stats(97, 10 * ms, 3));
    const auto values = slo("errors<1%,p50<1s").values({all, timeout});
    ASSERT_EQ(values.size(), 4U);
    EXPECT_EQ(values[0], 3);
    EXPECT_EQ(values[1], 0);
    EXPECT_NEAR(*values[3], 10'000, 10);
}

TEST(Objective, AProbeIsLostOnlyWhenNothingCanSaveIt) {
    const auto objective = slo("p99<20ms");
    const auto lost = [&](std::uint64_t slow) {
        const auto so_far = counts(stats(slow, 100 * ms));
        return objective.is_lost({so_far, timeout}, 10'000);
    };
    EXPECT_FALSE(lost(0));
    EXPECT_FALSE(lost(100)) << "1 % of 10,000 may be slow";
    EXPECT_FALSE(lost(150)) << "there may be more arrivals than expected";
    EXPECT_TRUE(lost(200));
    const auto failures = counts(stats(0, 0, 200));
    EXPECT_TRUE(slo("failed<1%").is_lost({failures, timeout}, 10'000));
    EXPECT_FALSE(slo("failed<5%").is_lost({failures, timeout}, 10'000));
    EXPECT_TRUE(slo("max<1s").is_lost({failures, timeout}, 10'000));
    EXPECT_TRUE(slo("mean<20ms").is_lost({failures, timeout}, 10'000)) << "200 × 5 s";
    EXPECT_FALSE(slo("mean<200ms").is_lost({failures, timeout}, 10'000));
}

} // namespace
} // namespace citusbench
