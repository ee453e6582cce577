#include <gtest/gtest.h>

#include <array>
#include <sstream>

#include "cli/options.hpp"
#include "core/error.hpp"
#include "options/parse_options.hpp"
#include "support/not_empty.hpp"
#include "support/program.hpp"
#include "unit/golden.hpp"

namespace citusbench {
namespace {

using test::Args;

class HelpTest : public testing::Test {
  protected:
    test::Finished run(const Args& args) const {
        return test::Program(folder_.path(), args).finish();
    }
    void expect_help(const std::string& name, const Args& args) const {
        const auto finished = run(args);
        EXPECT_EQ(finished.code, 0) << finished.all();
        test::expect_golden("help/" + name + ".txt", finished.out);
    }

    test::TemporaryFolder folder_;
};

TEST_F(HelpTest, OfARunShowsTheCommonOptionsAndHelpAllEveryOne) {
    expect_help("run", {"--help"});
    expect_help("run", {});
    expect_help("run-all", {"--help-all"});
}

TEST_F(HelpTest, OfAWorkloadShowsItsOptionsAndOperations) {
    for (const auto& entry : test::not_empty(workload_registry())) {
        const std::string name(entry.name);
        expect_help("workload-" + name, {"--workload", name, "--help"});
    }
}

TEST_F(HelpTest, OfCapacityAndSuiteShowsWhatFits) {
    for (const std::string command : {"capacity", "suite"}) {
        expect_help(command, {command, "--help"});
        expect_help(command + "-all", {command, "--help-all"});
    }
}

TEST_F(HelpTest, OfTheOtherCommandsShowsAllTheyHave) {
    expect_help("compare", {"compare", "--help"});
    expect_help("merge", {"merge", "--help"});
    expect_help("cluster", {"cluster", "--help"});
    for (const std::string command : {"up", "status", "discover", "scale"})
        expect_help("cluster-" + command, {"cluster", command, "--help"});
}

TEST_F(HelpTest, EveryCommandAnswersHelpInBothForms) {
    for (const std::string command :
         {"up", "status", "discover", "scale", "stop", "start", "kill", "pause", "heal", "down"})
        for (const std::string form : {"--help", "-h"}) {
            const auto finished = run({"cluster", command, form});
            EXPECT_EQ(finished.code, 0) << command << ' ' << finished.all();
            EXPECT_NE(finished.out.find("citusbench cluster " + command), std::string::npos);
        }
}

TEST_F(HelpTest, EveryCommandRefusesAnUnknownOptionAlike) {
    for (const Args& command :
         {Args{}, Args{"run"}, Args{"capacity"}, Args{"suite", "benchmark"}, Args{"compare"},
          Args{"merge"}, Args{"cluster", "up"}, Args{"cluster", "status"},
          Args{"cluster", "discover"}, Args{"cluster", "scale"}, Args{"cluster", "heal"},
          Args{"cluster", "down"}}) {
        auto args = command;
        args.emplace_back("--hel"); // an abbreviation, which is not guessed
        const auto finished = run(args);
        EXPECT_EQ(finished.code, 2) << finished.all();
        EXPECT_NE(finished.err.find("--hel: there is no such option; see citusbench"),
                  std::string::npos)
            << finished.err;
    }
}

TEST_F(HelpTest, WhatIsNoCommandYetIsRefusedAsAnyOtherWord) {
    const auto refusal = [&](const std::string& word) {
        auto text = run({word}).err;
        return text.replace(text.find(word), word.size(), "WORD");
    };
    EXPECT_EQ(refusal("report"), refusal("frobnicate"));
}

TEST(ParseOptions, OneLineNamesTheOptionAndTheFix) {
    const std::array groups = {
        OptionGroup{"Options",
                    {help_option(), text_option("size,s", "N", "1", "how large"),
                     implied_option("watch", "TIME", "2s", "again"), list_option("dsn", "D", "")}}};
    const CommandSyntax syntax = {"demo", "demo --help"};
    const auto refusal = [&](const Args& args) -> std::string {
        try {
            parse_options(args, groups, syntax);
            return "";
        } catch (const UsageError& error) {
            return error.what();
        }
    };
    EXPECT_EQ(refusal({"--siz", "2"}), "demo: --siz: there is no such option; see demo --help");
    EXPECT_EQ(refusal({"-x"}), "demo: -x: there is no such option; see demo --help");
    EXPECT_EQ(refusal({"-s", "1", "--size=2"}), "demo: --size: given more than once; give it once");
    EXPECT_EQ(refusal({"--size"}), "demo: --size: its value is missing; see demo --help");
    EXPECT_EQ(refusal({"--size="}), "demo: --size: its value is missing; see demo --help");
    EXPECT_EQ(refusal({"--help=1"}),
              "demo: --help: it is a switch and takes no value; leave the value out");
    EXPECT_EQ(refusal({"word"}), "demo: 'word' is no option; see demo --help");
}

TEST(ParseOptions, ValuesAreTextsAndKnowWhetherTheyWereGiven) {
    const std::array groups = {
        OptionGroup{"Options",
                    {help_option(), text_option("size,s", "N", "1", "how large"),
                     implied_option("watch", "TIME", "2s", "again"), list_option("dsn", "D", "")}}};
    const auto parse = [&](const Args& args) {
        return parse_options(args, groups, {"demo", "demo --help", true});
    };
    const auto none = parse({});
    EXPECT_TRUE(none.has("size") && none.has("help"));
    EXPECT_FALSE(none.is_given("size") || none.is_on("help") || none.has("watch"));
    EXPECT_EQ(none.text("size"), "1");
    EXPECT_EQ(none.text("watch"), "");
    const auto all = parse({"a", "-s7", "--dsn", "x", "-h", "--dsn=y", "--watch", "b"});
    EXPECT_EQ(all.text("size"), "7");
    EXPECT_EQ(all.list("dsn"), (Args{"x", "y"}));
    EXPECT_TRUE(all.is_on("help") && all.is_given("help"));
    EXPECT_EQ(all.given_names(), (Args{"dsn", "help", "size", "watch"}));
    std::istringstream file("size = 5\nhelp = on\ndsn = z\n");
    const auto both = parse_options(Args{"--size", "6"}, groups, {"demo", "demo --help"}, &file);
    EXPECT_EQ(both.text("size"), "6");
    EXPECT_TRUE(both.is_on("help"));
}

} // namespace
} // namespace citusbench
