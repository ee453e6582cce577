#include "capacity/capacity_result.hpp"

#include <gtest/gtest.h>

#include "cli/capacity_options.hpp"
#include "core/error.hpp"
#include "report/outputs.hpp"
#include "support/state_folder.hpp"
#include "unit/golden.hpp"

namespace citusbench {
namespace {

using End = CapacitySearch::End;

SearchResult found(const std::string& name, double rate, const std::string& confirmed) {
    SearchResult search;
    search.name = name;
    search.end = End::confirmed;
    search.rate = rate;
    search.narrow = true;
    search.confirmed = confirmed;
    return search;
}

CapacityResult four_workers() {
    CapacityResult result;
    result.objective = "p99<20ms,failed<0.1%";
    result.subject = "The cluster of 4 workers";
    result.searches.push_back(found("whole", 1240, "p99 14 ms, failed 0 %"));
    return result;
}

TEST(CapacityResult, TheWholeAndTheRestAreOneStatementWithTheRatio) {
    auto result = four_workers();
    result.searches.push_back(found("down", 610, "p99 17 ms, failed 0 %"));
    result.searches.back().conditions = "without worker2";
    EXPECT_EQ(summarize_capacity(result).front(),
              "The cluster of 4 workers holds p99<20ms,failed<0.1% up to 1,240/s (confirmed by a "
              "second probe: p99 14 ms, failed 0 %); without worker2 up to 610/s (confirmed by a "
              "second probe: p99 17 ms, failed 0 %), which is 49 %.");
    EXPECT_NEAR(*result.ratio(), 0.492, 0.001);
    EXPECT_TRUE(result.every_search_confirmed());
}

TEST(CapacityResult, WhatHoldsNowhereIsNoCapacity) {
    auto result = four_workers();
    auto& down = result.searches.emplace_back();
    down.conditions = "without worker2";
    down.end = End::none;
    down.missed = "failed 24.8 %";
    down.last_missed = 1;
    const auto text = summarize_capacity(result).front();
    EXPECT_NE(text.find("without worker2 no rate holds it: failed 24.8 % at 1.00/s"),
              std::string::npos)
        << text;
    EXPECT_FALSE(result.every_search_confirmed());
    EXPECT_FALSE(result.ratio());
}

TEST(CapacityResult, AStepDownIsSaid) {
    auto result = four_workers();
    result.searches.front().steps_down = 2;
    result.searches.front().held_once = 1360;
    EXPECT_NE(
        summarize_capacity(result).front().find("1,360/s held once and not again: 2 steps down"),
        std::string::npos);
}

TEST(CapacityResult, ABusyClientIsNotTheClustersCapacity) {
    auto result = four_workers();
    EXPECT_EQ(summarize_capacity(result).size(), 1U);
    result.searches.front().missed_cpu = 0.97;
    const auto texts = summarize_capacity(result);
    ASSERT_EQ(texts.size(), 2U);
    EXPECT_NE(texts[1].find("The client was the limit: it used 97 % of its 1 thread"),
              std::string::npos)
        << texts[1];
}

TEST(CapacityResult, ALateClientIsNotTheClustersCapacity) {
    auto result = four_workers();
    result.searches.front().last_missed = 1450;
    result.searches.front().warnings = {"operations were sent late"};
    EXPECT_TRUE(result.searches.front().client_was_the_limit());
    const auto texts = summarize_capacity(result);
    ASSERT_EQ(texts.size(), 2U);
    EXPECT_EQ(texts[1],
              "The client may have been the limit: at 1,450/s, operations were sent late.");
}

TEST(CapacityResult, TheLatencyIsBackInTheFirstWindowThatIsAsBefore) {
    OverloadResult overload;
    overload.base_rate = 1000;
    overload.overload_rate = 1500;
    overload.overload_s = 5;
    overload.window_s = 5;
    overload.before_p99_us = 10'000;
    EXPECT_TRUE(overload.is_as_before(14'999));
    EXPECT_FALSE(overload.is_as_before(15'001));
    EXPECT_FALSE(overload.is_as_before(std::nullopt)) << "beyond every limit";
    overload.after = {{0, 900'000, false, false}, {5, 12'000, true, false}};
    EXPECT_EQ(overload.back_after_s(), 10);
    auto result = four_workers();
    result.overload = overload;
    EXPECT_NE(summarize_capacity(result).back().find("was back to baseline within 10 s"),
              std::string::npos);
    EXPECT_FALSE(result.overload->is_metastable());
    result.overload->after.back().is_back = false;
    EXPECT_FALSE(result.overload->back_after_s());
    EXPECT_NE(summarize_capacity(result).back().find("did not come back within 10 s"),
              std::string::npos);
    EXPECT_NE(summarize_capacity(result).back().find("metastable"), std::string::npos);
    result.overload->after.push_back({10, 9'000, true, true});
    EXPECT_TRUE(result.overload->is_metastable()) << "it came back at half of the rate only";
    EXPECT_NE(
        summarize_capacity(result).back().find("only at half of the rate it was 9 ms after 15 s"),
        std::string::npos)
        << summarize_capacity(result).back();
}

TEST(CapacityCsv, HasTheColumnsOfTheObjectiveAndEmptyCellsForWhatDoesNotExist) {
    RunRecord record;
    record.capacity = CapacityRecord{"p99<20ms,failed<0.1%", {"response_p99_us", "failed"}, {}};
    CapacityProbe probe;
    probe.name = "whole-1";
    probe.rate = 1240;
    probe.held = true;
    probe.values = {14'200.5, 0.0};
    record.capacity->probes.push_back(probe);
    probe.name = "whole-2";
    probe.rate = 0.5;
    probe.held = false;
    probe.values = {std::nullopt, 17.0};
    record.capacity->probes.push_back(probe);
    const test::TemporaryFolder folder;
    make_capacity()->finish(record, folder.path());
    EXPECT_EQ(test::read_text(folder.path() / "capacity.csv"),
              "probe,rate,held,response_p99_us,failed\n"
              "whole-1,1240,true,14200.500,0\n"
              "whole-2,0.5,false,,17\n");
}

class CapacityPlanTest : public testing::Test {
  protected:
    using Args = std::vector<std::string>;
    static CapacityPlan plan(const Args& options) {
        Args args = {"capacity", "--workload", "chat", "--dsn", "host=db.example"};
        args.insert(args.end(), options.begin(), options.end());
        return make_capacity_plan(parse_capacity_options(std::span(args).subspan(1)), args);
    }
    static std::string complaint(const Args& options) {
        try {
            plan(options);
            return "taken";
        } catch (const UsageError& error) {
            return error.what();
        }
    }
    static void expect_refusal(const Args& options, const Args& parts) {
        for (const auto& part : parts)
            EXPECT_NE(complaint(options).find(part), std::string::npos) << complaint(options);
    }
    test::StateFolder state_; // no kept cluster of somebody else
};

TEST_F(CapacityPlanTest, ProbesHaveTheLoadOfARunAndTheirOwnLengths) {
    const auto made = plan({"--slo", "p99<20ms", "--connections", "8"});
    EXPECT_EQ(made.run.connections, 8U);
    EXPECT_EQ(made.run.duration, std::chrono::seconds(10));
    EXPECT_EQ(made.run.warmup, std::chrono::seconds(1));
    EXPECT_TRUE(is_open(made.run.arrival));
    EXPECT_FALSE(made.run.rate) << "each probe has its own";
    EXPECT_FALSE(made.start_given);
    EXPECT_EQ(made.run.command_line,
              "citusbench capacity --workload chat --dsn host=db.example --slo 'p99<20ms' "
              "--connections 8");
    const auto given = plan({"--slo", "p99<20ms", "--rate", "2k", "--max-rate", "5k"});
    EXPECT_TRUE(given.start_given);
    EXPECT_EQ(given.limits.start, 2000);
    EXPECT_EQ(given.limits.max_rate, 5000);
    EXPECT_EQ(made.limits.min_rate, 1) << "ten operations in ten seconds";
    EXPECT_EQ(plan({"--slo", "unread.p99<20ms"}).limits.min_rate, 20) << "of which 5 % are these";
}

TEST_F(CapacityPlanTest, WhatHasNoMeaningHereIsRefusedWithTheHint) {
    expect_refusal({}, {"--slo is missing", "p99<20ms"});
    expect_refusal({"--slo", "p98<1s"}, {"--slo p98<1s", "p99"});
    const Args slo = {"--slo", "p99<20ms"};
    const auto with = [&](const Args& more) {
        auto options = slo;
        options.insert(options.end(), more.begin(), more.end());
        return options;
    };
    expect_refusal(with({"--kill", "worker2"}), {"--kill", "--down NODE"});
    expect_refusal(with({"--before", "5s"}), {"--before", "--duration"});
    expect_refusal(with({"--check-answers", "5%"}), {"--check-answers", "leave it out"});
    expect_refusal(with({"--init", "only"}), {"--init only"});
    expect_refusal(with({"--down", "worker2"}), {"--down worker2", "does not control"});
    expect_refusal(with({"--rate", "2k", "--max-rate", "1k"}), {"--rate 2k", "--max-rate 1k"});
    expect_refusal(with({"--max-probes", "1"}), {"--max-probes 1", "between 2"});
    expect_refusal(with({"--duration", "0s"}), {"--duration 0s", "above zero"});
    expect_refusal(with({"--arrival", "even"}), {"--arrival even", "poisson"});
    expect_refusal(with({"--rate", "0"}), {"--rate 0", "above zero"});
}

} // namespace
} // namespace citusbench
