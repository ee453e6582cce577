#include "verify/checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantity.hpp"

namespace citusbench {
namespace {

/// The texts of a check for a pass and for a failure.
struct Meaning {
    const char* name;
    std::string pass;
    std::string fail;
};

/// Why not all rows could be checked; empty if they were.
std::string row_problem(const VerificationResults& results) {
    if (!results.history.problems().empty())
        return fmt::format("{}", fmt::join(results.history.problems(), "; "));
    if (results.comparison) return {};
    return results.problem.empty() ? "not begun" : results.problem;
}

std::string with_hint(const std::string& text, const std::string& hint) {
    return hint.empty() ? text : text + "; " + hint;
}

/// A check that fails if there is an offender.
Check must_be_none(const Meaning& meaning, const Violations& violations,
                   const std::string& problem) {
    Check check{meaning.name, Verdict::pass,    violations.count,
                meaning.pass, violations.named, true};
    check.finished = problem.empty();
    if (!check.finished) {
        check.verdict = Verdict::unknown;
        check.detail = "could not be finished: " + problem;
        if (violations.count == 0) check.count.reset();
    }
    if (violations.count > 0) {
        check.verdict = Verdict::fail;
        check.detail = with_hint(meaning.fail, check.finished ? "" : check.detail);
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

std::string other_runs_text(const ScanResult& result) {
    std::string text;
    if (result.rows_of_other_runs > 0)
        text += fmt::format("; {} rows of other runs not checked",
                            format_count(result.rows_of_other_runs));
    if (result.values_of_other_runs > 0)
        text += fmt::format("; {} values that other runs may have set not checked",
                            format_count(result.values_of_other_runs));
    return text;
}

std::vector<Check> row_checks(const RowVerifier& row_verifier, const VerificationTarget& target,
                              const VerificationResults& results) {
    const auto problem = row_problem(results);
    const auto comparison = results.comparison.value_or(LedgerComparison());
    const auto& result = results.history.last();
    auto unexpected = result.unexpected;
    unexpected.append(comparison.unexpected);
    const auto others = other_runs_text(result);
    std::vector<Check> checks;
    checks.push_back(must_be_none(
        {"lost",
         fmt::format("{} acknowledged rows, {} loaded ones and {} acknowledged updates are there",
                     format_count(comparison.acknowledged_rows),
                     format_count(comparison.loaded_rows),
                     format_count(row_verifier.updates().acknowledged())),
         "acknowledged, but not there after recovery"},
        comparison.lost, problem));
    checks.push_back(must_be_none({"duplicated", "no row is there twice", "there more than once"},
                                  result.duplicated, problem));
    checks.push_back(must_be_none(
        {"unexpected", "nothing is there whose operation failed or was never issued" + others,
         "there, though their operation failed or was never issued" + others},
        unexpected, problem));
    checks.push_back(counted("unknown_applied", comparison.unknown_applied,
                             "inserts with an unknown outcome that happened", problem));
    checks.push_back(counted("unknown_absent", comparison.unknown_absent,
                             "inserts with an unknown outcome that did not happen", problem));
    auto stale = counted("stale", comparison.stale.count,
                         "acknowledged, not visible before recovery or through one entry point, "
                         "there in the end",
                         problem);
    stale.offenders = comparison.stale.named;
    checks.push_back(std::move(stale));
    checks.push_back(must_be_none({"corrupted", "every row holds what was written" + others,
                                   "holds something else than what was written" + others},
                                  result.corrupted, problem));
    if (target.by_key && target.entries.size() > 1)
        checks.push_back(
            must_be_none({"misrouted", "every row lies in the cluster that owns its key",
                          "in a cluster that does not own their key, so that no client finds them"},
                         result.misrouted, problem));
    return checks;
}

/// If the operator policy accepts the missing copies, they are no failure of the cluster.
void accept_degradation(Check& check, const VerificationTarget& target) {
    if (target.accepted_degradation.empty() || check.verdict != Verdict::fail) return;
    check.verdict = Verdict::unknown;
    check.detail = fmt::format("{}: {}", target.accepted_degradation, check.detail);
}

/// If nodes are left down on purpose, leaving them unchecked is no failure.
std::string problem_of(const std::vector<std::string>& problems, const VerificationResults& results,
                       bool begun) {
    if (!problems.empty()) return fmt::format("{}", fmt::join(problems, "; "));
    if (begun) return {};
    return results.problem.empty() ? "not begun" : results.problem;
}

Check check_in_doubt(const VerificationTarget& target, const VerificationResults& results) {
    const auto recovery = results.recovery.value_or(InDoubt());
    Violations left;
    std::string hint;
    for (const auto& prepared :
         recovery.left) { // no structured binding: a lambda cannot capture one
        left.add([&] { return fmt::format("{} on {}", prepared.gid, prepared.node); });
        if (hint.empty())
            hint = fmt::format("on {}: rollback prepared '{}', or commit prepared", prepared.node,
                               prepared.gid);
    }
    auto check = must_be_none(
        {"in_doubt_left",
         recovery.before > 0
             ? fmt::format("{} in prepared state, and recovery finished them", recovery.before)
             : "no transaction is in prepared state",
         "prepared transactions that recover_prepared_transactions() does not finish; " + hint},
        left, problem_of(recovery.out_of_reach, results, results.recovery.has_value()));
    accept_degradation(check, target);
    return check;
}

std::vector<Check> replica_checks(const VerificationTarget& target,
                                  const VerificationResults& results) {
    const auto replicas = results.replicas.value_or(Replicas());
    const bool begun = results.replicas.has_value();
    const auto problem = problem_of(replicas.problems, results, begun);
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
                     target.replication, replicas.repair)},
        replicas.under_replicated, begun ? "" : problem);
    accept_degradation(under, target);
    checks.push_back(std::move(under));
    return checks;
}

} // namespace

std::vector<Check> make_checks(const RowVerifier& row_verifier, const VerificationTarget& target,
                               const VerificationResults& results) {
    auto checks = row_checks(row_verifier, target, results);
    if (target.engine != Engine::citus) {
        const auto why = fmt::format("engine {} has one copy of each shard and no transactions "
                                     "across nodes that could stay unresolved",
                                     name_of(target.engine));
        for (const auto* name : {"replicas_diverged", "under_replicated", "in_doubt_left"})
            checks.push_back(skipped(name, why));
        return checks;
    }
    for (auto& check : replica_checks(target, results)) checks.push_back(std::move(check));
    checks.push_back(check_in_doubt(target, results));
    return checks;
}

} // namespace citusbench
