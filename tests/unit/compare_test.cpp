#include "compare/compare_command.hpp"

#include <functional>

#include <gtest/gtest.h>

#include "compare/comparison.hpp"
#include "core/error.hpp"
#include "record/human_text.hpp"
#include "report/json.hpp"
#include "report/outputs.hpp"
#include "unit/golden.hpp"
#include "unit/sample_run.hpp"

namespace citusbench {
namespace {

namespace fs = std::filesystem;
using test::expect_golden;
using test::read_text;
using test::sample_run;
using test::split_lines;
using test::write_text;

/// Two or three runs' folders and the command on them.
class Compare : public testing::Test {
  protected:
    void SetUp() override {
        save("base", sample_run());
        save("new", faster_run());
    }

    static RunRecord faster_run() {
        auto record = sample_run();
        record.labels.run = "20261121T101010Z-chat-faster";
        record.labels.connections = 32;
        record.labels.rate_target.reset();
        record.phases[1].to_s = 19; // the same work in less time
        auto& lost = record.phases[2].operations[0];
        lost.outcomes[index_of(Outcome::unknown)] += 2;
        lost.scheduled += 2;
        record.phases[3].operations[1] = {};
        return record;
    }

    void save(const std::string& name, const RunRecord& record) {
        fs::create_directories(folder_.path() / name);
        make_csv()->finish(record, folder_.path() / name);
        make_json()->finish(record, folder_.path() / name);
    }

    std::string at(const std::string& name) const { return (folder_.path() / name).string(); }

    static std::string run(const std::vector<std::string>& args) {
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        try {
            EXPECT_EQ(compare_command(args), 0);
        } catch (const UsageError& error) {
            testing::internal::GetCapturedStderr();
            EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
            return std::string("UsageError: ") + error.what();
        }
        const auto notes = testing::internal::GetCapturedStderr();
        return testing::internal::GetCapturedStdout() + notes;
    }

    /// The message of comparing the base with its own summary.csv after `change`.
    std::string complaint(const std::function<void(std::string&)>& change) {
        auto text = read_text(folder_.path() / "base" / "summary.csv");
        change(text);
        write_text(folder_.path() / "broken.csv", text);
        const auto message = run({at("base"), at("broken.csv")});
        const auto prefix = "UsageError: " + at("broken.csv") + ' ';
        return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
    }

    test::TemporaryFolder folder_;
};

void replace(std::string& text, const std::string& from, const std::string& to) {
    const auto place = text.find(from);
    ASSERT_NE(place, std::string::npos) << from;
    text.replace(place, from.size(), to);
}

TEST_F(Compare, EveryFormatIsAsItAlwaysWas) {
    for (const auto* format : {"text", "csv", "markdown"})
        expect_golden(std::string("compare/") + format + ".txt",
                      run({at("base"), at("new"), "--format", format}));
}

TEST_F(Compare, FoldersAndFilesMayBothBeNamed) {
    EXPECT_EQ(run({at("base"), at("new")}),
              run({"--format=text", at("base/summary.csv"), at("new") + "/summary.csv"}));
}

TEST_F(Compare, MoreThanOneNewRunStandSideBySide) {
    auto third = sample_run();
    third.labels.run = "third";
    save("third", third);
    const auto text = run({at("base"), at("new"), at("third")});
    const auto lines = split_lines(text);
    EXPECT_EQ(lines[2], "new2: third");
    EXPECT_NE(text.find("new1"), std::string::npos);
    EXPECT_NE(text.find("diff2"), std::string::npos);
    int rows = 0;
    for (const auto& line : lines) {
        if (!line.starts_with(" ")) continue;
        ++rows;
        EXPECT_LE(display_width(line), 100U) << line;
    }
    EXPECT_GT(rows, 3);
}

TEST_F(Compare, RunsThatMeasuredDifferentThingsAreRefusedUnlessForced) {
    using Change = std::function<void(RunLabels&)>;
    const std::vector<std::pair<std::string, Change>> changes = {
        {"engine", [](RunLabels& labels) { labels.engine = "citus"; }},
        {"topology", [](RunLabels& labels) { labels.topology = "single"; }},
        {"scale", [](RunLabels& labels) { labels.scale = "rooms=1"; }},
        {"workload", [](RunLabels& labels) { labels.workload = "spatial"; }}};
    for (const auto& [column, change] : changes) {
        auto record = sample_run();
        change(record.labels);
        save("other", record);
        const auto refused = run({at("base"), at("other")});
        EXPECT_TRUE(refused.starts_with("UsageError: " + column + " is ")) << refused;
        EXPECT_NE(refused.find("--force"), std::string::npos) << refused;
        const auto forced = run({at("base"), at("other"), "--force"});
        EXPECT_NE(forced.find("note: " + column + " is "), std::string::npos) << forced;
    }
}

TEST_F(Compare, OtherDifferencesAndUnfinishedRunsAreNoted) {
    auto record = sample_run();
    record.labels.run = "other";
    record.labels.batch = 4;
    record.status = RunStatus::interrupted;
    save("other", record);
    const auto text = run({at("base"), at("other")});
    EXPECT_NE(text.find("note: batch is 4 in other, but 2 in 20261121T093426Z-chat-demo\n"),
              std::string::npos);
    EXPECT_NE(text.find("note: other is marked interrupted\n"), std::string::npos);
}

TEST_F(Compare, ARunAgainstItselfDiffersNowhere) {
    for (const auto& line :
         test::not_empty(split_lines(run({at("base"), at("base"), "--format", "csv"}))))
        EXPECT_TRUE(line.ends_with(",0.00") || line.ends_with(",") ||
                    line.ends_with("difference_percent"))
            << line;
}

TEST_F(Compare, DifferencesArePercentOfTheBase) {
    EXPECT_DOUBLE_EQ(difference_percent(200.0, 150.0).value(), -25);
    EXPECT_DOUBLE_EQ(difference_percent(0.0, 0.0).value(), 0);
    EXPECT_FALSE(difference_percent(0.0, 5.0));
    EXPECT_FALSE(difference_percent(std::nullopt, 5.0));
    EXPECT_FALSE(difference_percent(5.0, std::nullopt));
}

TEST_F(Compare, BrokenFilesAreRefusedByLineAndColumn) {
    EXPECT_EQ(complaint([](std::string& text) { replace(text, ",engine,", ",motor,"); }),
              "line 1: column engine is missing: is this the summary.csv of a run?");
    EXPECT_EQ(complaint([](std::string& text) { replace(text, ",engine,", ",run,"); }),
              "line 1: column run comes twice: is this the summary.csv of a run?");
    EXPECT_EQ(complaint([](std::string& text) { replace(text, "20.000,1803", "20.000,many"); }),
              "line 2: column scheduled has 'many' instead of a whole number");
    EXPECT_EQ(complaint([](std::string& text) { replace(text, "20.000,1803", ",1803"); }),
              "line 2: column phase_s has '' instead of a number");
    EXPECT_EQ(complaint([](std::string& text) { replace(text, "90.150", "90.1.5"); }),
              "line 2: column ok_per_s has '90.1.5' instead of a number");
    EXPECT_EQ(complaint([](std::string& text) { replace(text, "90.150", "nan"); }),
              "line 2: column ok_per_s has 'nan' instead of a number");
    EXPECT_EQ(complaint([](std::string& text) { replace(text, "20.000,1803", "20.000,1804"); }),
              "line 2: scheduled is 1804, but ok + failed + unknown + skipped make 1803");
    EXPECT_EQ(complaint([](std::string& text) { replace(text, "before,read,", "before,all,"); }),
              "line 3: before all all all comes a second time");
    EXPECT_EQ(complaint([](std::string& text) { text += "a,b\n"; }),
              "line 20: has 2 cells, the header has 38 columns");
    EXPECT_EQ(complaint([](std::string& text) { text += "\"a,b\n"; }),
              "line 20: a quote is open or in the wrong place");
    EXPECT_EQ(complaint([](std::string& text) { text.resize(text.find('\n') + 1); }),
              "has no rows: the run measured nothing");
    EXPECT_EQ(complaint([](std::string& text) { text.clear(); }),
              "line 1: column run is missing: is this the summary.csv of a run?");
}

TEST_F(Compare, AFileThatMixesRunsIsRefused) {
    const auto message = complaint([](std::string& text) {
        const auto place = text.rfind("\n20261121T093426Z-chat-demo,");
        text.replace(place + 1, 26, "20261121T093426Z-chat-else");
    });
    EXPECT_TRUE(message.starts_with("line 19: column run has '20261121T093426Z-chat-else' after "))
        << message;
}

TEST_F(Compare, LineEndsOfOtherSystemsAndFurtherColumnsAreTaken) {
    const auto plain = run({at("base"), at("base")});
    auto text = read_text(folder_.path() / "base" / "summary.csv");
    std::string changed = "\xef\xbb\xbf";
    for (const auto& line : split_lines(text))
        changed += line + (changed.size() == 3 ? ",us" : ",mine") + "\r\n";
    write_text(folder_.path() / "edited.csv", changed + "\n");
    EXPECT_EQ(run({at("base"), at("edited.csv")}), plain);
}

TEST_F(Compare, WhatIsNoRunIsRefused) {
    fs::create_directory(folder_.path() / "empty");
    EXPECT_EQ(run({at("base"), at("empty")}),
              "UsageError: " + at("empty/summary.csv") +
                  " cannot be read: name a run's folder or its summary.csv");
    EXPECT_EQ(run({at("base"), at("absent")}),
              "UsageError: " + at("absent") +
                  " cannot be read: name a run's folder or its summary.csv");
}

TEST_F(Compare, WrongOptionsAreRefusedAndAbbreviationsNotGuessed) {
    EXPECT_NE(
        run({}).find("UsageError: compare needs BASE and at least one NEW, but none was given"),
        std::string::npos);
    EXPECT_NE(run({at("base")}).find("only one was given"), std::string::npos);
    EXPECT_NE(run({at("base"), at("new"), "--format", "xml"})
                  .find("UsageError: --format xml: use text, csv or markdown"),
              std::string::npos);
    const auto guessed = run({at("base"), at("new"), "--forc"});
    EXPECT_TRUE(guessed.starts_with(
        "UsageError: compare: --forc: there is no such option; see citusbench compare --help"))
        << guessed;
    EXPECT_NE(run({at("base"), at("new"), "--format"}).find("UsageError"), std::string::npos);
}

TEST_F(Compare, HelpExplainsTheCommand) {
    for (const auto* option : {"--help", "-h"}) {
        const auto text = run({option});
        EXPECT_NE(text.find("citusbench compare [options] BASE NEW"), std::string::npos);
        EXPECT_NE(text.find("--force"), std::string::npos);
        EXPECT_NE(text.find("--format FORMAT"), std::string::npos);
    }
}

} // namespace
} // namespace citusbench
