#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <stdexcept>

#include "measure/answer_check.hpp"
#include "measure/outage.hpp"
#include "support/answer_builder.hpp"

namespace citusbench {
namespace {

/// What a checker was called with, in the order of the calls.
struct Log {
    std::set<std::uint64_t> writes;
    std::vector<std::uint64_t> checked;
    std::vector<std::size_t> writes_known; ///< when each was checked
    Ticks forgotten = 0;
    std::atomic<bool> go{true};
};

/// An odd answer is wrong. Index 1000 fails, 2000 ends the checking.
class OddIsWrong final : public AnswerChecker {
  public:
    explicit OddIsWrong(Log& log) : log_(log) {}
    bool checks(std::uint32_t) const override { return true; }
    void add(const WriteOutcome& write) override { log_.writes.insert(write.index); }
    std::optional<std::string> check(const Answer& answer) override {
        while (!log_.go) std::this_thread::yield();
        EXPECT_GE(answer.sent, log_.forgotten) << "what it needs was forgotten";
        if (answer.index == 1000) throw std::runtime_error("broken");
        if (answer.index == 2000) throw CheckingEnded("full");
        log_.checked.push_back(answer.index);
        log_.writes_known.push_back(log_.writes.size());
        if (answer.index % 2 == 0) return std::nullopt;
        return "odd";
    }
    void forget_before(Ticks moment) override { log_.forgotten = moment; }

  private:
    Log& log_;
};

std::vector<Answer> answers(const std::vector<std::uint64_t>& indices, Ticks sent, Ticks done) {
    std::vector<Answer> made;
    for (const auto index : indices)
        made.push_back({index, 1, sent, done, test::make_result({"a"}, {{"x"}})});
    return made;
}

WriteOutcome write(std::uint64_t index) {
    return {index, 0, Outcome::ok, 1, 2};
}

RunRecord record() {
    RunRecord made;
    made.operations = {{"post", true}, {"latest", false}};
    made.phases.resize(2); // not copied, their histograms cannot be
    made.phases[0].name = "before";
    made.phases[0].to_s = 2;
    made.phases[1].name = "during";
    made.phases[1].from_s = 2;
    made.phases[1].to_s = 4;
    return made;
}

TEST(AnswerThread, ChecksAnAnswerOnlyWhenEveryWriteBeforeItsEndIsKnown) {
    Log log;
    AnswerThread thread(std::make_unique<OddIsWrong>(log), 2);
    thread.add({write(0)}, answers({10}, 100, 200), 200);
    thread.add({write(1)}, {}, 200);
    thread.add({write(2), write(3)}, answers({12, 13}, 150, 300), 201);
    thread.add({write(4)}, {}, 250);
    const auto report = thread.finish(false);
    EXPECT_EQ(log.checked, (std::vector<std::uint64_t>{10, 12, 13}));
    EXPECT_GE(log.writes_known[0], 4U);
    EXPECT_EQ(log.writes_known[1], 5U);
    EXPECT_EQ(report.total().checked, 3U);
    EXPECT_EQ(report.total().wrong, 1U);
    EXPECT_EQ(report.kinds[0].checked, 0U);
    ASSERT_EQ(report.lines.size(), 1U);
    EXPECT_EQ(report.lines[0].index, 13U);
    EXPECT_GE(report.cpu, 0);
}

TEST(AnswerThread, DropsAndCountsAnswersThatFindNoRoomButNoWrites) {
    Log log;
    log.go = false;
    AnswerThread thread(std::make_unique<OddIsWrong>(log), 2, {2, 1 << 20});
    thread.add({}, answers({0, 2, 4, 6}, 1, 2), 10);
    thread.add({write(1), write(2)}, answers({8}, 1, 2), 10);
    log.go = true;
    const auto report = thread.finish(false);
    EXPECT_EQ(report.total().checked, 2U);
    EXPECT_EQ(report.total().unchecked, 3U);
    EXPECT_EQ(log.writes.size(), 2U);
    Log small;
    AnswerThread tight(std::make_unique<OddIsWrong>(small), 2, {10, 16});
    tight.add({}, answers({0}, 1, 2), 10);
    EXPECT_EQ(tight.finish(false).total().unchecked, 1U);
}

TEST(AnswerThread, AFailingCheckerLosesNothingButTheRestOfTheCheck) {
    for (const std::uint64_t fatal : {1000U, 2000U}) {
        Log log;
        AnswerThread thread(std::make_unique<OddIsWrong>(log), 2);
        thread.add({}, answers({2, fatal, 4}, 1, 2), 10);
        thread.add({}, answers({6}, 11, 12), 20);
        const auto report = thread.finish(false);
        EXPECT_EQ(report.total().checked, 1U);
        EXPECT_EQ(report.total().unchecked, 3U);
        const auto check = wrong_answers_check({0.01, true, report}, record(), 0);
        const bool failed = fatal == 1000;
        EXPECT_EQ(report.failure, failed ? "broken" : "");
        EXPECT_EQ(report.ended, failed ? "" : "full");
        EXPECT_EQ(check.verdict, failed ? Verdict::unknown : Verdict::pass);
        EXPECT_EQ(check.finished, !failed);
        EXPECT_NE(check.detail.find(failed ? "broken" : "full"), std::string::npos);
    }
}

TEST(AnswerThread, AfterAnInterruptNothingMoreIsChecked) {
    Log log;
    AnswerThread thread(std::make_unique<OddIsWrong>(log), 2);
    thread.add({}, answers({2, 4, 6}, 10, 20), 15);
    const auto report = thread.finish(true);
    EXPECT_EQ(report.total().checked, 0U);
    EXPECT_EQ(report.total().unchecked, 3U);
}

/// Wrong where write 5 must be there: for whoever holds it to be acknowledged.
class NeedsFive final : public AnswerChecker {
  public:
    bool checks(std::uint32_t) const override { return true; }
    void add(const WriteOutcome& write) override {
        if (write.index == 5 && write.outcome == Outcome::ok) needed_ = true;
    }
    std::optional<std::string> check(const Answer& answer) override {
        if (answer.index == 7) return "always wrong";
        if (needed_) return "5 is missing";
        return std::nullopt;
    }

  private:
    bool needed_ = false;
};

TEST(AnswerThread, AnAnswerThatLacksOnlyUnresolvedWritesIsStaleAndNotWrong) {
    for (const bool in_doubt : {false, true}) {
        AnswerThread thread(std::make_unique<NeedsFive>(), 2, std::make_unique<NeedsFive>());
        auto five = write(5);
        five.in_doubt = in_doubt;
        thread.add({five, write(6)}, answers({6, 7}, 100, 200), 300);
        AnswerChecking checking{1, true, thread.finish(false)};
        EXPECT_EQ(checking.report.total().checked, 2U);
        EXPECT_EQ(checking.report.total().wrong, in_doubt ? 1U : 2U);
        EXPECT_EQ(checking.report.total().stale, in_doubt ? 1U : 0U);
        const auto stale = stale_answers_check(checking, record(), 0);
        EXPECT_EQ(stale.count, in_doubt ? 1U : 0U);
        EXPECT_EQ(stale.verdict, Verdict::pass);
        if (in_doubt) {
            ASSERT_EQ(stale.offenders.size(), 1U);
            EXPECT_NE(stale.offenders[0].find("5 is missing"), std::string::npos);
        }
        EXPECT_EQ(summarize_answers(checking).size(), in_doubt ? 2U : 1U);
    }
}

TEST(WasFailing, AWriteThatACrashMetAndNoOther) {
    Outage outage;
    outage.kind = "crash";
    outage.injected = 100;
    EXPECT_TRUE(was_failing(outage, 150, 160)) << "not confirmed yet";
    outage.confirmed = 120;
    outage.healed = 500;
    EXPECT_TRUE(was_failing(outage, 90, 100));
    EXPECT_TRUE(was_failing(outage, 120, 130));
    EXPECT_FALSE(was_failing(outage, 90, 99)) << "ended before";
    EXPECT_FALSE(was_failing(outage, 121, 300)) << "began when the node was gone";
    outage.kind = "postmaster";
    EXPECT_TRUE(was_failing(outage, 121, 300)) << "its busy back ends live on";
    EXPECT_FALSE(was_failing(outage, 501, 502));
}

TEST(WrongAnswersCheck, NamesTimePhaseAndOperationOfTheFirstTwenty) {
    AnswerChecking answers{0.5, true, {}};
    answers.report.kinds = {{}, {100, 30, 0, 5}};
    for (std::uint64_t i = 0; i < 20; ++i)
        answers.report.lines.push_back({i, 1, 3'500'000'000, "message 7 is missing"});
    const auto check = wrong_answers_check(answers, record(), 1'000'000'000);
    EXPECT_EQ(check.name, "wrong_answers");
    EXPECT_EQ(check.verdict, Verdict::fail);
    EXPECT_EQ(check.count, 30U);
    ASSERT_EQ(check.offenders.size(), 20U);
    EXPECT_EQ(check.offenders[3], "2.500 s (during), latest 3: message 7 is missing");
    EXPECT_EQ(
        check.detail,
        "of 100 answers; 5 more were not checked, as the queue was full or they came too late");
    EXPECT_EQ(summarize_answers(answers),
              std::vector<std::string>{"WRONG: of 100 answers that were checked, 30 were wrong."});
    const auto cost = answer_check_cost(answers, record());
    EXPECT_EQ(cost.total.wrong, 30U);
    ASSERT_EQ(cost.operations.size(), 1U);
    EXPECT_EQ(cost.operations[0].name, "latest");
    EXPECT_EQ(cost.operations[0].counts.unchecked, 5U);
}

TEST(WrongAnswersCheck, IsSkippedWhereNothingWasToBeChecked) {
    EXPECT_EQ(wrong_answers_check({0, true, {}}, record(), 0).verdict, Verdict::skipped);
    EXPECT_EQ(wrong_answers_check({0.1, false, {}}, record(), 0).verdict, Verdict::skipped);
    const auto none = wrong_answers_check({0.1, true, {}}, record(), 0);
    EXPECT_EQ(none.verdict, Verdict::skipped);
    EXPECT_FALSE(none.count);
    EXPECT_TRUE(summarize_answers({0, true, {}}).empty());
}

} // namespace
} // namespace citusbench
