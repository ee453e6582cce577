#include "report/results_folder.hpp"

#include <csignal>
#include <cstdlib>
#include <functional>
#include <regex>
#include <set>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "report/console.hpp"
#include "report/json.hpp"
#include "report/outputs.hpp"
#include "unit/golden.hpp"
#include "unit/sample_run.hpp"

namespace citusbench {
namespace {

namespace fs = std::filesystem;
using test::read_text;
using test::sample_run;
using test::split_lines;
using test::write_text;

std::string usage_error(const std::function<void()>& action) {
    try {
        action();
    } catch (const UsageError& error) {
        return error.what();
    }
    return "no UsageError";
}

std::size_t entries(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

/// The results folder and, apart from it, the TMPDIR of the fallback.
class Results : public testing::Test {
  protected:
    void SetUp() override {
        fs::create_directory(fallback_.path() / "tmp");
        setenv("TMPDIR", (fallback_.path() / "tmp").c_str(), 1);
    }
    void TearDown() override {
        unsetenv("TMPDIR");
        std::fclose(out_);
    }

    test::TemporaryFolder home_;
    test::TemporaryFolder fallback_;
    fs::path results_ = home_.path() / "results";
    fs::path elsewhere_ = fallback_.path() / "tmp" / "citusbench-results";
    std::FILE* out_ = std::tmpfile();

    std::vector<std::unique_ptr<Reporter>> reporters() {
        std::vector<std::unique_ptr<Reporter>> all;
        all.push_back(make_console({ProgressMode::none, out_, stderr}));
        all.push_back(make_csv());
        all.push_back(make_json());
        return all;
    }
    std::string printed() {
        std::string text;
        std::rewind(out_);
        for (int c = std::fgetc(out_); c != EOF; c = std::fgetc(out_)) text += static_cast<char>(c);
        return text;
    }
    static void expect_whole(const fs::path& folder) {
        for (const auto* file : {"summary.csv", "timeline.csv", "histogram.csv", "events.csv",
                                 "errors.csv", "run.json"})
            EXPECT_TRUE(fs::is_regular_file(folder / file)) << folder / file;
        EXPECT_EQ(split_lines(read_text(folder / "summary.csv")).size(), 19U);
    }
};

TEST_F(Results, TheNameIsTimeWorkloadAndLabel) {
    const ResultsFolder plain(results_, "chat", "");
    EXPECT_TRUE(std::regex_match(plain.run_name(), std::regex(R"(\d{8}T\d{6}Z-chat)")));
    const ResultsFolder labelled(results_, "spatial", "v1.2_x");
    EXPECT_TRUE(
        std::regex_match(labelled.run_name(), std::regex(R"(\d{8}T\d{6}Z-spatial-v1\.2_x)")));
}

TEST_F(Results, ATakenNameGetsANumber) {
    // Many in a row: most of them fall into the same second, whatever the clock does between.
    std::set<std::string> names;
    bool any_numbered = false;
    for (int i = 0; i < 5; ++i) {
        ResultsFolder folder(results_, "chat", "");
        write_text(folder.working() / "run.json", "{}");
        if (i % 2 == 0) folder.publish();
        names.insert(folder.run_name());
        any_numbered = any_numbered || folder.run_name().ends_with("-chat-2");
    }
    EXPECT_EQ(names.size(), 5U);
    EXPECT_TRUE(any_numbered);
}

TEST_F(Results, UntilItIsPublishedTheFolderIsHidden) {
    ResultsFolder folder(results_, "chat", "");
    EXPECT_EQ(folder.working(), results_ / ("." + folder.run_name() + ".partial"));
    write_text(folder.working() / "ledger.bin", "x");
    EXPECT_FALSE(fs::exists(results_ / folder.run_name()));
    EXPECT_EQ(folder.publish(), results_ / folder.run_name());
    EXPECT_EQ(read_text(results_ / folder.run_name() / "ledger.bin"), "x");
    EXPECT_EQ(entries(results_), 1U);
}

TEST_F(Results, NothingIsLeftOfARunThatNeverStarted) {
    { const ResultsFolder folder(results_, "chat", ""); }
    EXPECT_FALSE(fs::exists(results_));
}

TEST_F(Results, WhatARunThatDiedHadWrittenStays) {
    fs::path working;
    {
        const ResultsFolder folder(results_, "chat", "");
        working = folder.working();
        auto record = sample_run();
        record.status = RunStatus::running;
        write_run_json(record, working);
    }
    EXPECT_NE(read_text(working / "run.json").find("\"status\": \"running\""), std::string::npos);
}

TEST_F(Results, ALabelThatIsNoFileNameIsRefused) {
    for (const auto* label : {"a b", "../up", "a/b", "ü", "a\n"}) {
        const auto message = usage_error([&] { ResultsFolder(results_, "chat", label); });
        EXPECT_TRUE(message.starts_with("--label '" + std::string(label) + "'")) << message;
        EXPECT_NE(message.find("use letters"), std::string::npos);
    }
    EXPECT_FALSE(fs::exists(results_));
}

TEST_F(Results, AFolderThatCannotBeWrittenIsRefusedBeforeAnythingStarts) {
    write_text(home_.path() / "file", "x");
    const auto path = home_.path() / "file" / "results";
    const auto message = usage_error([&] { ResultsFolder(path, "chat", ""); });
    EXPECT_EQ(message, "--results " + path.string() +
                           " cannot be written (Not a directory): name a folder that can be");
    EXPECT_TRUE(usage_error([&] { ResultsFolder("", "chat", ""); }).starts_with("--results "));
    EXPECT_TRUE(usage_error([&] {
                    ResultsFolder("/proc/citusbench", "chat", "");
                }).starts_with("--results /proc/citusbench cannot be written"));
}

TEST_F(Results, SavingWritesEverythingAndShowsTheConsoleWhere) {
    ResultsFolder folder(results_, "chat", "");
    const auto name = folder.run_name();
    EXPECT_EQ(save(sample_run(), folder, reporters()), results_ / name);
    expect_whole(results_ / name);
    EXPECT_EQ(entries(results_ / name), 6U);
    EXPECT_NE(printed().find("results   " + (results_ / name).string()), std::string::npos);
}

TEST_F(Results, AFullDiskSendsTheResultsElsewhere) {
    ResultsFolder folder(results_, "chat", "");
    write_text(folder.working() / "ledger.bin", "outcomes");
    fs::create_symlink("/dev/full", folder.working() / "histogram.csv");
    testing::internal::CaptureStderr();
    const auto final = save(sample_run(), folder, reporters());
    const auto said = testing::internal::GetCapturedStderr();
    EXPECT_EQ(final, elsewhere_ / folder.run_name());
    expect_whole(final);
    EXPECT_EQ(read_text(final / "ledger.bin"), "outcomes");
    EXPECT_NE(said.find("No space left on device; the results went to " + final.string()),
              std::string::npos)
        << said;
    EXPECT_NE(printed().find("results   " + final.string()), std::string::npos);
}

TEST_F(Results, AFolderThatVanishedSendsTheResultsElsewhere) {
    ResultsFolder folder(results_, "chat", "");
    fs::remove_all(results_);
    testing::internal::CaptureStderr();
    const auto final = save(sample_run(), folder, reporters());
    EXPECT_NE(testing::internal::GetCapturedStderr().find("No such file"), std::string::npos);
    EXPECT_EQ(final, elsewhere_ / folder.run_name());
    expect_whole(final);
}

TEST_F(Results, ANameTakenMeanwhileSendsTheResultsElsewhere) {
    ResultsFolder folder(results_, "chat", "");
    write_text(results_ / folder.run_name() / "summary.csv", "of another");
    testing::internal::CaptureStderr();
    const auto final = save(sample_run(), folder, reporters());
    testing::internal::GetCapturedStderr();
    expect_whole(final);
    EXPECT_EQ(read_text(results_ / folder.run_name() / "summary.csv"), "of another");
}

TEST_F(Results, WithRoomNowhereTheSummaryIsStillPrintedAndTheRunFails) {
    ResultsFolder folder(results_, "chat", "");
    std::vector<std::unique_ptr<Reporter>> all;
    int to_parent[2];
    ASSERT_EQ(pipe(to_parent), 0);
    // In a process of its own, because a limit of the size of files cannot be lifted again.
    const pid_t child = fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{64, 64};
        setrlimit(RLIMIT_FSIZE, &limit);
        std::FILE* out = fdopen(to_parent[1], "w");
        all.push_back(make_csv());
        all.push_back(make_console({ProgressMode::none, out, out}));
        std::string failure = "saved";
        try {
            save(sample_run(), folder, all);
        } catch (const RunError& error) {
            failure = error.what();
        }
        std::fputs(failure.c_str(), out);
        std::fflush(out);
        _exit(0);
    }
    close(to_parent[1]);
    std::string said;
    char buffer[4096];
    for (ssize_t n; (n = read(to_parent[0], buffer, sizeof buffer)) > 0;)
        said.append(buffer, static_cast<std::size_t>(n));
    close(to_parent[0]);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_NE(said.find("active-active on fdw"), std::string::npos) << said;
    EXPECT_NE(said.find("results   could not be saved"), std::string::npos) << said;
    EXPECT_NE(said.find("the results could not be saved: cannot write "), std::string::npos)
        << said;
    EXPECT_NE(said.find("File too large; nor elsewhere: "), std::string::npos) << said;
}

} // namespace
} // namespace citusbench
