#include "measure/answer_check.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/quantity.hpp"

namespace citusbench {
namespace {

std::string phase_at(const RunRecord& record, double elapsed_s) {
    for (const auto& phase : record.phases)
        if (elapsed_s >= phase.from_s && elapsed_s < phase.to_s) return phase.name;
    return record.phases.empty() ? "run" : record.phases.back().name;
}

std::string line_text(const WrongAnswerLine& line, const RunRecord& record, Ticks zero) {
    const auto elapsed_s = to_seconds(line.sent - zero);
    return fmt::format("{:.3f} s ({}), {} {}: {}", elapsed_s, phase_at(record, elapsed_s),
                       record.operations[line.kind].name, line.index, line.what);
}

std::string unchecked_text(const AnswerChecking& answers) {
    const auto unchecked = answers.report.total().unchecked;
    std::string text;
    if (unchecked > 0)
        text =
            fmt::format("; {} more were not checked, as the queue was full or they came too late",
                        format_count(unchecked));
    if (!answers.report.ended.empty()) text += "; checking ended: " + answers.report.ended;
    return text;
}

} // namespace

Check wrong_answers_check(const AnswerChecking& answers, const RunRecord& record, Ticks zero) {
    Check check;
    check.name = "wrong_answers";
    const auto skip = [&](std::string why) {
        check.detail = std::move(why);
        return check;
    };
    if (answers.share <= 0) return skip("off (--check-answers)");
    if (!answers.possible) return skip("no read of the mix can be checked");
    const auto total = answers.report.total();
    check.count = total.wrong;
    for (const auto& line : answers.report.lines)
        check.offenders.push_back(line_text(line, record, zero));
    check.detail =
        fmt::format("of {} answers{}", format_count(total.checked), unchecked_text(answers));
    check.finished = answers.report.failure.empty();
    if (!check.finished)
        check.detail += fmt::format("; could not be finished: {}", answers.report.failure);
    if (total.wrong > 0)
        check.verdict = Verdict::fail;
    else if (!check.finished)
        check.verdict = Verdict::unknown;
    else if (total.checked > 0)
        check.verdict = Verdict::pass;
    else
        check.count.reset(); // nothing was checked: skipped
    return check;
}

Check stale_answers_check(const AnswerChecking& answers, const RunRecord& record, Ticks zero) {
    Check check;
    check.name = "stale_answers";
    const auto total = answers.report.total();
    if (total.checked == 0) {
        check.detail = "no answer was checked";
        return check;
    }
    check.verdict = Verdict::pass;
    check.count = total.stale;
    check.detail = "lacked only acknowledged rows that were being committed when a node failed";
    for (const auto& line : answers.report.stale)
        check.offenders.push_back(line_text(line, record, zero));
    return check;
}

void add_answers(const AnswerChecking& answers, RunRecord& record, Ticks zero) {
    if (!record.verification && (answers.share <= 0 || !answers.possible)) return;
    if (!record.verification) record.verification.emplace();
    auto& verification = *record.verification;
    verification.checks.push_back(wrong_answers_check(answers, record, zero));
    verification.checks.push_back(stale_answers_check(answers, record, zero));
    for (auto& texts : summarize_answers(answers))
        verification.narrative.push_back(std::move(texts));
    record.details.answer_check = answer_check_cost(answers, record);
}

namespace {

std::string summarize_wrong(const AnswerChecking& answers) {
    const auto total = answers.report.total();
    if (!answers.report.failure.empty() && total.wrong == 0)
        return fmt::format("Answers: the check could not be finished after {}: {}",
                           format_count(total.checked), answers.report.failure);
    if (total.wrong > 0)
        return fmt::format("WRONG: of {} answers that were checked, {} {} wrong.",
                           format_count(total.checked), format_count(total.wrong),
                           total.wrong == 1 ? "was" : "were");
    if (total.checked == 0)
        return answers.report.ended.empty() ? std::string()
                                            : "Answers were not checked: " + answers.report.ended;
    return fmt::format("{} answers were checked, none was wrong{}.", format_count(total.checked),
                       unchecked_text(answers));
}

/// Measured on Citus 13.2: a COMMIT PREPARED that fails is only a warning.
std::string summarize_stale(const AnswerChecking& answers) {
    const auto total = answers.report.total();
    if (total.stale == 0) return {};
    return fmt::format(
        "STALE: {} of {} answers that were checked lacked acknowledged rows: the node crashed "
        "during their commit, came back with them prepared only, and was read. Citus recovers such "
        "transactions by itself (citus.recover_2pc_interval, 60 s); to have them at once, run on "
        "every node after a node's return: SELECT recover_prepared_transactions()",
        format_count(total.stale), format_count(total.checked));
}

} // namespace

std::vector<std::string> summarize_answers(const AnswerChecking& answers) {
    if (answers.share <= 0 || !answers.possible) return {};
    std::vector<std::string> texts = {summarize_wrong(answers), summarize_stale(answers)};
    std::erase_if(texts, [](const std::string& sentence) { return sentence.empty(); });
    return texts;
}

AnswerCheckCost answer_check_cost(const AnswerChecking& answers, const RunRecord& record) {
    const auto& report = answers.report;
    const auto counts_of = [](const AnswerCounts& counts) {
        return AnswerCheckCost::Counts{counts.checked, counts.wrong, counts.stale,
                                       counts.unchecked};
    };
    AnswerCheckCost cost;
    cost.share = answers.share;
    cost.total = counts_of(report.total());
    cost.cpu_s = to_seconds(report.cpu);
    cost.cpu_us_per_answer = static_cast<double>(report.cpu) / 1e3 /
                             static_cast<double>(std::max<std::uint64_t>(cost.total.checked, 1));
    for (std::size_t i = 0; i < report.kinds.size(); ++i)
        if (report.kinds[i].checked + report.kinds[i].unchecked > 0)
            cost.operations.push_back({record.operations[i].name, counts_of(report.kinds[i])});
    return cost;
}

} // namespace citusbench
