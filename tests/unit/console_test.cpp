#include "report/console.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <sys/ioctl.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "record/human_text.hpp"
#include "report/console_text.hpp"
#include "report/registry.hpp"
#include "support/not_empty.hpp"
#include "unit/golden.hpp"
#include "unit/sample_run.hpp"

namespace citusbench {
namespace {

using test::expect_golden;
using test::sample_run;
using test::split_lines;

const Progress second_12{12, 60, "before", 5123.4, 1234.5, 12345, 0, 0, 0};

std::string content(std::FILE* file) {
    std::fflush(file);
    std::rewind(file);
    std::string text;
    for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
    return text;
}

/// A terminal 60 columns wide whose other end can be read.
class Terminal {
  public:
    Terminal() : master_(posix_openpt(O_RDWR | O_NOCTTY)) {
        grantpt(master_);
        unlockpt(master_);
        file_ = std::fopen(ptsname(master_), "w");
        winsize size{};
        size.ws_col = 60;
        ioctl(master_, TIOCSWINSZ, &size);
    }
    ~Terminal() {
        std::fclose(file_);
        close(master_);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    std::FILE* file() { return file_; }
    /// What was written since the last call. The kernel passes it on in pieces and at its leisure,
    /// so a bell marks the end.
    std::string shown() {
        std::fputc('\a', file_);
        std::fflush(file_);
        std::string text;
        for (char c = 0; read(master_, &c, 1) == 1 && c != '\a';) text += c;
        return text;
    }

  private:
    int master_;
    std::FILE* file_;
};

class Console : public testing::Test {
  protected:
    void SetUp() override {
        setenv("TERM", "xterm", 1);
        unsetenv("NO_COLOR");
    }
    std::FILE* out_ = std::tmpfile();
    std::FILE* err_ = std::tmpfile();
    void TearDown() override {
        std::fclose(out_);
        std::fclose(err_);
    }
};

TEST_F(Console, TheSummaryReadsAsItAlwaysDid) {
    expect_golden("report/summary.txt", summary_text(sample_run(), "results/run", false));
}

TEST_F(Console, TheSummaryFitsAHundredColumns) {
    auto record = sample_run();
    record.operations[0].name = "radius_in_region";
    for (const auto& line :
         test::not_empty(split_lines(summary_text(record, "results/run", false))))
        EXPECT_LE(display_width(line), 100U) << line;
}

TEST_F(Console, OperationsNeverScheduledAreLeftOut) {
    EXPECT_EQ(summary_text(sample_run(), "r", false).find("page"), std::string::npos);
}

TEST_F(Console, AnInterruptedOrFailedRunSaysSoBeforeTheNumbers) {
    auto record = sample_run();
    record.status = RunStatus::interrupted;
    EXPECT_NE(summary_text(record, "r", false).find("INTERRUPTED"), std::string::npos);
    record.status = RunStatus::failed;
    record.failure = "worker2 did not start";
    record.warnings = {"operations were sent late"};
    EXPECT_NE(summary_text(record, "r", true).find("\033[31mFAILED: "), std::string::npos);
    EXPECT_NE(summary_text(record, "r", true).find("\nUNRELIABLE: operations were sent late"),
              std::string::npos);
    EXPECT_NE(summary_text(record, "", false).find("FAILED: worker2 did not start"),
              std::string::npos);
    EXPECT_NE(summary_text(record, "", false).find("could not be saved"), std::string::npos);
}

TEST_F(Console, ABrokenSumRuleIsNotHidden) {
    auto record = sample_run();
    ++record.phases[1].operations[0].scheduled;
    EXPECT_NE(summary_text(record, "r", false)
                  .find("BUG: before post counts 1401 operations as scheduled and 1400 as ended"),
              std::string::npos);
}

TEST_F(Console, ARunWithoutAnyPhaseStillHasASummary) {
    auto record = sample_run();
    record.phases.clear();
    EXPECT_NE(summary_text(record, "r", false).find("workload  chat"), std::string::npos);
}

TEST_F(Console, ColoursAreForTerminalsWithoutNoColor) {
    Terminal terminal;
    const auto finished = [&](std::FILE* out) {
        make_console({ProgressMode::none, out, err_})->finish(sample_run(), "r");
    };
    finished(terminal.file());
    EXPECT_NE(terminal.shown().find("\033[1m"), std::string::npos);
    setenv("NO_COLOR", "1", 1);
    finished(terminal.file());
    EXPECT_EQ(terminal.shown().find('\033'), std::string::npos);
    unsetenv("NO_COLOR");
    finished(out_);
    EXPECT_EQ(content(out_), summary_text(sample_run(), "r", false));
}

TEST_F(Console, ProgressOnATerminalIsOneLineThatDoesNotWrap) {
    Terminal terminal;
    const auto console = make_console({ProgressMode::automatic, out_, terminal.file()});
    console->progress(second_12);
    const auto shown = terminal.shown();
    EXPECT_EQ(shown.substr(0, 1), "\r");
    EXPECT_EQ(shown.find('\n'), std::string::npos);
    EXPECT_NE(shown.find("[12/60 s] before"), std::string::npos);
    const auto text = shown.substr(1, shown.find('\033') - 1);
    EXPECT_EQ(display_width(text), 59U);
}

TEST_F(Console, EventsAndTheSummaryDoNotMixWithTheLiveLine) {
    Terminal terminal;
    const auto console = make_console({ProgressMode::automatic, out_, terminal.file()});
    console->progress(second_12);
    terminal.shown();
    console->event({20, "fault_confirmed", "worker2", "gone"});
    EXPECT_EQ(terminal.shown(), "\r\033[K[20.0 s] fault_confirmed worker2: gone\r\n");
    console->progress(second_12);
    terminal.shown();
    console->finish(sample_run(), "r");
    EXPECT_EQ(terminal.shown(), "\r\033[K");
}

TEST_F(Console, ElsewhereProgressIsPlainLines) {
    for (const auto mode : {ProgressMode::automatic, ProgressMode::plain}) {
        std::FILE* err = std::tmpfile();
        const auto console = make_console({mode, out_, err});
        console->progress(second_12);
        console->event({20, "connection_lost", "a", ""});
        console->event({20.06, "fault_injected", "worker2", ""});
        EXPECT_EQ(content(err),
                  "[12/60 s] before    5,123 ok/s  p50 1.23 ms  p99 12.3 ms  no errors\n"
                  "[20.1 s] fault_injected worker2\n");
        std::fclose(err);
    }
}

TEST_F(Console, MessagesStayAndPassingOnesGiveWay) {
    Terminal terminal;
    const auto console = make_console({ProgressMode::automatic, out_, terminal.file()});
    console->message("loading: 40 %", true);
    console->message("loading: 80 %", true);
    console->message("loaded 5,000 rows", false);
    EXPECT_EQ(terminal.shown(), "\rloading: 40 %\033[K\rloading: 80 %\033[K"
                                "\r\033[Kloaded 5,000 rows\r\n");
}

TEST_F(Console, InALogPassingMessagesComeOnceASecondAtMost) {
    const auto console = make_console({ProgressMode::automatic, out_, err_});
    for (int i = 0; i < 1000; ++i) console->message("loading", true);
    console->message("loaded", false);
    const auto lines = split_lines(content(err_));
    EXPECT_EQ(lines.front(), "loading");
    EXPECT_EQ(lines.back(), "loaded");
    EXPECT_LE(lines.size(), 5U);
}

TEST_F(Console, PlainOnATerminalHasNoControlCharacters) {
    Terminal terminal;
    make_console({ProgressMode::plain, out_, terminal.file()})->progress(second_12);
    EXPECT_EQ(terminal.shown().find('\033'), std::string::npos);
}

TEST_F(Console, NoProgressLeavesWhatStaysAndTheSummary) {
    const auto console = make_console({ProgressMode::none, out_, err_});
    console->progress(second_12);
    console->event({20, "fault_injected", "worker2", ""});
    console->message("loading: 40 %", true);
    console->message("reach it with psql", false);
    console->finish(sample_run(), "r");
    EXPECT_EQ(content(err_), "reach it with psql\n");
    EXPECT_NE(content(out_), "");
}

TEST_F(Console, ASummaryThatCannotBeWrittenIsAnError) {
    std::FILE* full = std::fopen("/dev/full", "w");
    EXPECT_THROW(make_console({ProgressMode::none, full, err_})->finish(sample_run(), "r"),
                 RunError);
    std::fclose(full);
}

TEST_F(Console, ProgressShowsErrorsAndSecondsWithoutAnyAnswer) {
    const Progress outage{-1, 0, "during", 0, std::nullopt, std::nullopt, 3, 2, 1};
    EXPECT_EQ(progress_text(outage), "[-1 s] during        0 ok/s  p50       –  p99       –  "
                                     "failed 3  unknown 2  skipped 1");
}

TEST_F(Console, ProgressModesAreReadAndOthersRefused) {
    EXPECT_EQ(parse_progress_mode("auto"), ProgressMode::automatic);
    EXPECT_EQ(parse_progress_mode("plain"), ProgressMode::plain);
    EXPECT_EQ(parse_progress_mode("none"), ProgressMode::none);
    EXPECT_THROW(parse_progress_mode("no"), std::invalid_argument);
}

TEST(HumanText, LatenciesHaveThreeDigitsAndTheUnitThatFits) {
    EXPECT_EQ(latency_text(0.5), "0.50 µs");
    EXPECT_EQ(latency_text(850), "850 µs");
    EXPECT_EQ(latency_text(999.6), "1.00 ms");
    EXPECT_EQ(latency_text(9996), "10.0 ms");
    EXPECT_EQ(latency_text(99960), "100 ms");
    EXPECT_EQ(latency_text(999600), "1.00 s ");
    EXPECT_EQ(latency_text(3.6e9), "3600 s ");
    EXPECT_EQ(latency_text(std::nullopt), "–");
}

TEST(HumanText, RatesKeepThreeDigitsOrAllOfTheWholeNumber) {
    EXPECT_EQ(rate_text(0), "0");
    EXPECT_EQ(rate_text(0.25), "0.25");
    EXPECT_EQ(rate_text(51.23), "51.2");
    EXPECT_EQ(rate_text(999.7), "1,000");
    EXPECT_EQ(rate_text(1234567.8), "1,234,568");
    EXPECT_EQ(rate_text(std::nullopt), "–");
}

TEST(HumanText, PercentagesHaveASignAndNoNegativeZero) {
    EXPECT_EQ(percent_text(7.44), "+7.4 %");
    EXPECT_EQ(percent_text(-12), "-12.0 %");
    EXPECT_EQ(percent_text(-0.04), "0.0 %");
    EXPECT_EQ(percent_text(std::nullopt), "–");
}

TEST(HumanText, LongTextsBreakAtBlanksBehindTheirIndent) {
    EXPECT_EQ(wrap_text("x  ", "one two three", 10), "x  one two\n   three\n");
    EXPECT_EQ(wrap_text("", "unbreakable", 4), "unbreakable\n");
    EXPECT_EQ(wrap_text("x  ", "", 10), "x  \n");
    EXPECT_EQ(cut_to_width("µs–x", 3), "µs–");
}

TEST(ReporterRegistry, EveryOutputCanBeMadeByItsName) {
    std::string names;
    for (const auto& registration : reporters()) {
        EXPECT_TRUE(registration.make({})) << registration.name;
        EXPECT_FALSE(registration.summary.empty());
        names += std::string(registration.name) + ' ';
    }
    EXPECT_TRUE(names.starts_with("console csv hlog json ")) << names;
}

} // namespace
} // namespace citusbench
