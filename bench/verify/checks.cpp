#include "verify/checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantity.hpp"

namespace citusbench {
namespace {

/// What a check says when it passes and when it does not.
struct Meaning {
    const char* name;
    std::string pass;
    std::string fail;
};

/// Why the rows could not all be looked at; empty if they could.
std::string row_problem(const Findings& findings) {
    if (!findings.evidence.problems().empty())
        return fmt::format("{}", fmt::join(findings.evidence.problems(), "; "));
    if (findings.tally) return {};
    return findings.problem.empty() ? "not begun" : findings.problem;
}

std::string with_mend(const std::string& text, const std::string& mend) {
    return mend.empty() ? text : text + "; " + mend;
}

/// A check that fails if there is an offender.
Check must_be_none(const Meaning& meaning, const Finding& finding, const std::string& problem) {
    Check check{meaning.name, Verdict::pass, finding.count, meaning.pass, finding.named, true};
    check.finished = problem.empty();
    if (!check.finished) {
        check.verdict = Verdict::unknown;
        check.detail = "could not be finished: " + problem;
        if (finding.count == 0) check.count.reset();
    }
    if (finding.count > 0) {
        check.verdict = Verdict::fail;
        check.detail = with_mend(meaning.fail, check.finished ? "" : check.detail);
    }
    return check;
}

/// A check that only counts.
Check counted(const char* name, std::uint64_t count, std::string detail,
              const std::string& problem) {
    Check check{name, Verdict::pass, count, std::move(detail), {}, true};
    if (problem.empty()) return check;
    check.verdict = Verdict::unknown;
    check.count.reset();
    check.detail = "could not be finished: " + problem;
    check.finished = false;
    return check;
}

Check skipped(const char* name, std::string why) {
    return {name, Verdict::skipped, std::nullopt, std::move(why), {}, true};
}

std::string other_runs_text(const Sight& sight) {
    std::string text;
    if (sight.rows_of_other_runs > 0)
        text += fmt::format("; {} rows of other runs not judged",
                            format_count(sight.rows_of_other_runs));
    if (sight.values_of_other_runs > 0)
        text += fmt::format("; {} values that other runs may have set not judged",
                            format_count(sight.values_of_other_runs));
    return text;
}

std::vector<Check> row_checks(const RowJudge& judge, const VerifyTarget& target,
                              const Findings& findings) {
    const auto problem = row_problem(findings);
    const auto tally = findings.tally.value_or(Tally());
    const auto& sight = findings.evidence.last();
    auto unexpected = sight.unexpected;
    unexpected.append(tally.unexpected);
    const auto others = other_runs_text(sight);
    std::vector<Check> checks;
    checks.push_back(must_be_none(
        {"lost",
         fmt::format("{} acknowledged rows, {} loaded ones and {} acknowledged updates are there",
                     format_count(tally.acknowledged_rows), format_count(tally.loaded_rows),
                     format_count(judge.updates().acknowledged())),
         "acknowledged, but not there after recovery"},
        tally.lost, problem));
    checks.push_back(must_be_none({"duplicated", "no row is there twice", "there more than once"},
                                  sight.duplicated, problem));
    checks.push_back(
        must_be_none({"unexpected", "nothing is there that failed or that nobody issued" + others,
                      "there, though it failed or nobody issued it" + others},
                     unexpected, problem));
    checks.push_back(counted("unknown_applied", tally.unknown_applied,
                             "inserts with an unknown outcome that happened", problem));
    checks.push_back(counted("unknown_absent", tally.unknown_absent,
                             "inserts with an unknown outcome that did not happen", problem));
    auto stale = counted("stale", tally.stale.count,
                         "acknowledged, out of sight before recovery or through one entry point, "
                         "there in the end",
                         problem);
    stale.offenders = tally.stale.named;
    checks.push_back(std::move(stale));
    checks.push_back(must_be_none({"corrupted", "every row holds what was written" + others,
                                   "holds something else than what was written" + others},
                                  sight.corrupted, problem));
    if (target.by_key && target.entries.size() > 1)
        checks.push_back(
            must_be_none({"wrong_side", "every row lies in the cluster that owns its key",
                          "in a cluster that does not own their key, so that nobody finds them"},
                         sight.wrong_side, problem));
    return checks;
}

/// Where an operator policy leaves things so, it is no failure of the cluster.
void leave_open(Check& check, const VerifyTarget& target) {
    if (target.left_open.empty() || check.verdict != Verdict::fail) return;
    check.verdict = Verdict::unknown;
    check.detail = fmt::format("{}: {}", target.left_open, check.detail);
}

/// With nodes left out of reach on purpose, not having looked at them is what was asked for.
std::string problem_of(const std::vector<std::string>& problems, const Findings& findings,
                       bool begun) {
    if (!problems.empty()) return fmt::format("{}", fmt::join(problems, "; "));
    if (begun) return {};
    return findings.problem.empty() ? "not begun" : findings.problem;
}

Check check_in_doubt(const VerifyTarget& target, const Findings& findings) {
    const auto recovery = findings.recovery.value_or(InDoubt());
    Finding left;
    std::string mend;
    for (const auto& prepared : recovery.left) { // not taken apart: a lambda wants it whole
        left.add([&] { return fmt::format("{} on {}", prepared.gid, prepared.node); });
        if (mend.empty())
            mend = fmt::format("on {}: rollback prepared '{}', or commit prepared", prepared.node,
                               prepared.gid);
    }
    auto check = must_be_none(
        {"in_doubt_left",
         recovery.before > 0
             ? fmt::format("{} stood prepared, and recovery finished them", recovery.before)
             : "no transaction stands prepared",
         "prepared transactions that recover_prepared_transactions() does not finish; " + mend},
        left, problem_of(recovery.out_of_reach, findings, findings.recovery.has_value()));
    leave_open(check, target);
    return check;
}

std::vector<Check> replica_checks(const VerifyTarget& target, const Findings& findings) {
    const auto replicas = findings.replicas.value_or(Replicas());
    const bool begun = findings.replicas.has_value();
    const auto problem = problem_of(replicas.problems, findings, begun);
    std::vector<Check> checks;
    if (begun && !replicas.any_replicated && problem.empty() &&
        replicas.under_replicated.count == 0) {
        const auto* why = "each shard has one copy";
        return {skipped("replicas_diverged", why), skipped("under_replicated", why)};
    }
    checks.push_back(must_be_none(
        {"replicas_diverged", "the copies of every shard are equal", "shards whose copies differ"},
        replicas.diverged, problem));
    auto under = must_be_none(
        {"under_replicated",
         fmt::format("every shard has {} copies on active nodes", target.replication),
         fmt::format("shards with fewer than {} copies on active nodes; restore them with: {}",
                     target.replication, replicas.mend)},
        replicas.under_replicated, begun ? "" : problem);
    leave_open(under, target);
    checks.push_back(std::move(under));
    return checks;
}

} // namespace

std::vector<Check> make_checks(const RowJudge& judge, const VerifyTarget& target,
                               const Findings& findings) {
    auto checks = row_checks(judge, target, findings);
    if (target.engine != Engine::citus) {
        const auto why = fmt::format("engine {} has one copy of each shard and no transactions "
                                     "across nodes that could be left in doubt",
                                     name_of(target.engine));
        for (const auto* name : {"replicas_diverged", "under_replicated", "in_doubt_left"})
            checks.push_back(skipped(name, why));
        return checks;
    }
    for (auto& check : replica_checks(target, findings)) checks.push_back(std::move(check));
    checks.push_back(check_in_doubt(target, findings));
    return checks;
}

} // namespace citusbench
