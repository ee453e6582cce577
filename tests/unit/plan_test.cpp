#include <gtest/gtest.h>

#include <fstream>

#include <fmt/format.h>

#include "cli/make_plan.hpp"
#include "core/error.hpp"
#include "support/state_folder.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;
using Args = std::vector<std::string>;

/// The plan of a chat run against an existing database, which make_plan() does not connect to.
class PlanTest : public testing::Test {
  protected:
    static Plan plan(const Args& options, bool with_dsn = true) {
        Args args = {"--workload", "chat"};
        if (with_dsn) args.insert(args.end(), {"--dsn", "host=db.example"});
        args.insert(args.end(), options.begin(), options.end());
        return make_plan(parse_run_options(args), args);
    }

    /// Refused with one line that has each of these parts.
    static void expect_refusal(const Args& options, const Args& parts, bool with_dsn = true) {
        std::string text;
        try {
            plan(options, with_dsn);
        } catch (const UsageError& error) {
            text = error.what();
        }
        EXPECT_NE(text, "") << "took " << testing::PrintToString(options);
        EXPECT_EQ(text.find('\n'), std::string::npos) << text;
        for (const auto& part : parts)
            EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
    }

    test::StateFolder state_; // no kept cluster of somebody else
};

TEST_F(PlanTest, DefaultsAreThoseOfTheContract) {
    const auto made = plan({});
    EXPECT_EQ(made.seed, 1U);
    EXPECT_EQ(made.keys.to_string(), "uniform");
    EXPECT_EQ(made.init, InitMode::automatic);
    EXPECT_EQ(made.connections, 16U);
    EXPECT_EQ(made.depth, 1U);
    EXPECT_EQ(made.batch, 1U);
    EXPECT_FALSE(is_open(made.arrival));
    EXPECT_FALSE(made.rate);
    EXPECT_FALSE(made.warmup) << "until it is steady";
    EXPECT_FALSE(made.finds_rate);
    EXPECT_EQ(made.duration, 30s);
    EXPECT_EQ(made.timeout, 5 * ticks_per_second);
    EXPECT_EQ(made.interval, ticks_per_second);
    EXPECT_EQ(made.mix, "post=70 latest=20 unread=5 membership=5");
    EXPECT_TRUE(made.verify);
    EXPECT_FALSE(made.keep);
    EXPECT_TRUE(made.faults.empty());
}

TEST_F(PlanTest, AMixReplacesTheDefaultWeights) {
    EXPECT_EQ(plan({"--mix", "post=1,count_all=3"}).mix, "post=1 count_all=3");
    expect_refusal({"--mix", "sing=1"}, {"--mix sing=1", "'sing'", "mark_read", "count_all"});
    expect_refusal({"--mix", "post"}, {"--mix post", "op=weight"});
    expect_refusal({"--mix", "post="}, {"op=weight"});
    expect_refusal({"--mix", "post=-1"}, {"--mix post=-1"});
    expect_refusal({"--mix", ""}, {"--mix ''", "above zero"});
    expect_refusal({"--mix", "post=0,latest=0"}, {"--mix post=0,latest=0", "above zero"});
}

TEST_F(PlanTest, ARateMakesAnOpenLoopThatIsPoissonUnlessAskedOtherwise) {
    EXPECT_TRUE(std::holds_alternative<Poisson>(plan({"--rate", "5k"}).arrival));
    const auto constant = plan({"--rate", "5k", "--arrival", "constant"});
    EXPECT_DOUBLE_EQ(std::get<Constant>(constant.arrival).rate, 5000);
    EXPECT_DOUBLE_EQ(constant.rate.value_or(0), 5000);
    expect_refusal({"--arrival", "constant"}, {"--arrival constant", "--rate"});
    expect_refusal({"--rate", "5", "--arrival", "uniform"}, {"--arrival uniform", "poisson"});
    expect_refusal({"--rate", "0"}, {"--rate 0", "above zero"});
    expect_refusal({"--rate", "none", "--arrival", "poisson"}, {"--arrival poisson", "--rate"});
    expect_refusal({"--rate", "fast"}, {"--rate fast", "30/min"});
}

TEST_F(PlanTest, NumbersOutOfRangeAreRefused) {
    expect_refusal({"--connections", "0"}, {"--connections 0", "between 1 and"});
    expect_refusal({"--connections", "-3"}, {"--connections -3"});
    expect_refusal({"-c", "many"}, {"--connections many"});
    expect_refusal({"--shards", "0"}, {"--shards 0"});
    expect_refusal({"--pipeline", "0"}, {"--pipeline 0"});
    expect_refusal({"--seed", "x"}, {"--seed x", "whole number"});
    expect_refusal({"--interval", "1ms"}, {"--interval 1ms", "10ms"});
    expect_refusal({"--timeout", "0"}, {"--timeout 0", "above zero"});
    expect_refusal({"--duration", "0s"}, {"--duration 0s", "above zero"});
    expect_refusal({"--duration", "soon"}, {"--duration soon", "500ms, 20s or 2m"});
    expect_refusal({"--keys", "zipf:0"}, {"--keys zipf:0"});
    expect_refusal({"--init", "always"}, {"--init always", "auto, only, never or replace"});
}

TEST_F(PlanTest, ThreadsAndBatchesMustFit) {
    expect_refusal({"--threads", "5", "--connections", "4"}, {"--threads 5", "--connections 4"});
    expect_refusal({"--batch", "3", "--pipeline", "2"}, {"--batch 3", "--pipeline 2"});
    expect_refusal({"--batch", "2"}, {"--batch 2", "--pipeline 1"});
    EXPECT_EQ(plan({"--batch", "8", "--pipeline", "8"}).batch, 8U);
    EXPECT_EQ(plan({"-t", "3", "-c", "3"}).threads, 3U);
}

TEST_F(PlanTest, TheLengthsOfPhasesNeedAFault) {
    for (const auto* name : {"before", "during", "after"})
        expect_refusal({fmt::format("--{}", name), "5s"},
                       {fmt::format("--{} 5s", name), "--kill NODE"});
    expect_refusal({"--no-heal"}, {"--no-heal", "--kill NODE"});
}

TEST_F(PlanTest, FaultsNeedNodesThatCitusbenchControls) {
    expect_refusal({"--kill", "worker2"}, {"--kill worker2", "--dsn", "--cluster FILE"});
    expect_refusal({"--fault", "pause:worker2"}, {"--fault worker2", "--dsn"});
    expect_refusal({"--keep"}, {"--keep", "--dsn"});
}

TEST_F(PlanTest, ADsnThatLibpqCannotReadIsRefusedWithoutItsPassword) {
    for (const auto* dsn : {"hots=h password=secret", "postgresql://u:secret%zzsecret@h/d",
                            "postgresql://u:secret%00secret@h/d"}) {
        const Args args = {"--workload", "chat", "--dsn", dsn};
        try {
            make_plan(parse_run_options(args), args);
            FAIL() << "was taken: " << dsn;
        } catch (const UsageError& error) {
            const std::string text = error.what();
            EXPECT_NE(text.find("--dsn"), std::string::npos) << text;
            EXPECT_EQ(text.find("secret"), std::string::npos) << text;
        }
    }
}

TEST_F(PlanTest, ACommandLineThatSaysTooMuchIsRefusedByItsName) {
    expect_refusal({"--retries", "1"}, {"--retries", "--help-all"});
    expect_refusal({"--conn", "1"}, {"--conn", "no such option"}); // abbreviations are not guessed
    expect_refusal({"--points", "1"}, {"--points"});               // of the other workload
    expect_refusal({"surplus"}, {"'surplus'"});
    expect_refusal({"--seed", "1", "--seed", "2"}, {"seed"});
    expect_refusal({"--duration"}, {"duration"});
    expect_refusal({"--workload", "chess"}, {"workload"});
}

TEST_F(PlanTest, AMissingOrUnknownWorkloadNamesThoseThatThereAre) {
    for (const auto& args : {Args{}, Args{"--workload", "chess"}}) try {
            make_plan(parse_run_options(args), args);
            FAIL() << "was taken";
        } catch (const UsageError& error) {
            const std::string text = error.what();
            EXPECT_NE(text.find("chat"), std::string::npos) << text;
            EXPECT_NE(text.find("spatial"), std::string::npos) << text;
        }
}

TEST_F(PlanTest, OptionsMayComeFromAFileAndTheCommandLineWins) {
    const auto file = (state_.path() / "run.ini").string();
    std::ofstream(file) << "workload = chat\nconnections = 7\nseed = 5\nrooms = 12\n"
                           "dsn = host=a\ndsn = host=b\n";
    const Args args = {"--config", file, "--seed", "9"};
    const auto made = make_plan(parse_run_options(args), args);
    EXPECT_EQ(made.connections, 7U);
    EXPECT_EQ(made.seed, 9U);
    EXPECT_EQ(made.dsns, (Args{"host=a", "host=b"}));
    EXPECT_NE(made.workload->scale().find("rooms=12"), std::string::npos);
    expect_refusal({"--config", "/no/such/file"}, {"--config /no/such/file"});
}

TEST_F(PlanTest, APlanKnowsWhichOptionsWereGiven) {
    const Args args = {"--workload", "chat", "--seed", "1"};
    const auto given = parse_run_options(args);
    EXPECT_TRUE(given.is_given("seed"));
    EXPECT_FALSE(given.is_given("connections"));
    EXPECT_FALSE(given.is_given("label"));
}

TEST_F(PlanTest, RoutesNeedTheEntryPointsThatTheySpeakOf) {
    EXPECT_EQ(plan({}).route, Route::round_robin);
    const auto two = plan({"--dsn", "host=other", "--route", "hash"});
    EXPECT_EQ(two.route, Route::hash);
    expect_refusal({"--route", "hash"}, {"--route hash", "name each cluster with a --dsn"});
    expect_refusal({"--route", "random"}, {"--route random", "round-robin or hash"});
    expect_refusal({"--dsn", "host=other", "--route", "hash", "--weights", "1,2"},
                   {"--weights 1,2", "leave it out"});
    expect_refusal({"--by", "node"}, {"--by node", "use entry"});
    EXPECT_TRUE(plan({"--by", "entry"}).by_entry);
}

TEST_F(PlanTest, EntryPointsOfAManifestHaveTheirNames) {
    const auto file = state_.path() / "cluster.json";
    std::ofstream(file) << R"({"version": 1, "nodes": [
        {"name": "writer1", "role": "coordinator", "port": 5432, "entry": true},
        {"name": "writer2", "role": "coordinator", "port": 5433, "entry": true}]})";
    const Args manifest = {"--cluster", file.string()};
    const auto with = [&](Args more) {
        more.insert(more.begin(), manifest.begin(), manifest.end());
        return more;
    };
    EXPECT_EQ(plan(with({"--weights", "writer2=3"}), false).entry_weights,
              (std::vector<unsigned>{1, 3}));
    expect_refusal(with({"--weights", "a=1"}), {"'a'", "use writer1, writer2"}, false);
    expect_refusal(with({"--route", "hash"}), {"--route hash", file.string(), "with a --dsn"},
                   false);
}

TEST_F(PlanTest, WeightsAreOnePerEntryPoint) {
    EXPECT_EQ(plan({"--dsn", "host=other", "--weights", "3,1"}).entry_weights,
              (std::vector<unsigned>{3, 1}));
    expect_refusal({"--weights", "3,1"}, {"--weights 3,1", "2 weights for 1 entry point"});
    expect_refusal({"--weights", "x"}, {"--weights x"});
    expect_refusal({"--weights", "0"}, {"--weights 0", "above zero"});
    expect_refusal({"--weights", "1001"}, {"at most 1000"});
    expect_refusal({"--weights", "a=1"}, {"have no names", "order of --dsn"});
}

TEST_F(PlanTest, EachThreadNeedsAConnectionToEachCluster) {
    const Args two = {"--dsn", "host=other", "--route", "hash", "-c"};
    const auto with = [&](Args more) {
        auto args = two;
        args.insert(args.end(), more.begin(), more.end());
        return args;
    };
    EXPECT_EQ(plan(with({"3"})).threads, 1U);
    expect_refusal(with({"1"}), {"--connections 1", "at least 2"});
    expect_refusal(with({"4", "-t", "3"}), {"--connections 4", "at least 6", "fewer --threads"});
}

} // namespace
} // namespace citusbench
