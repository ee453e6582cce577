#include "verify/verification.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "core/quantity.hpp"
#include "verify/checks.hpp"

namespace citusbench {
namespace {

/// How the summary of a failed check begins: one offender, several.
struct Headline {
    std::string_view check;
    std::string_view word;
    std::string_view one;
    std::string_view several;
};

constexpr std::array headlines = {
    Headline{"lost", "LOST", "acknowledged row or update is gone",
             "acknowledged rows or updates are gone"},
    Headline{"duplicated", "DUPLICATED", "row is there twice", "rows are there twice"},
    Headline{"unexpected", "UNEXPECTED", "row or value is there that should not be",
             "rows or values are there that should not be"},
    Headline{"corrupted", "CORRUPTED", "row holds something else than what was written",
             "rows hold something else than what was written"},
    Headline{"misrouted", "MISROUTED", "row lies in a cluster that does not own its key",
             "rows lie in clusters that do not own their keys"},
    Headline{"replicas_diverged", "DIVERGED", "shard has copies that differ",
             "shards have copies that differ"},
    Headline{"under_replicated", "UNDER-REPLICATED", "shard lacks a copy", "shards lack copies"},
    Headline{"in_doubt_left", "UNRESOLVED", "prepared transaction is unresolved",
             "prepared transactions are unresolved"},
};

const Check* find(const std::vector<Check>& checks, std::string_view name) {
    const auto at = std::find_if(checks.begin(), checks.end(),
                                 [&](const Check& check) { return check.name == name; });
    return at == checks.end() ? nullptr : &*at;
}

/// "LOST: 3 acknowledged rows or updates are gone, first messages id …"
std::string violation_text(const Headline& headline, const Check& check) {
    const auto count = check.count.value_or(0);
    auto text = fmt::format("{}{}: {} {}", check.verdict == Verdict::fail ? "" : "Accepted, ",
                            headline.word, format_count(count),
                            count == 1 ? headline.one : headline.several);
    if (!check.offenders.empty())
        text += fmt::format("{} {}", count == 1 ? ":" : ", the first:", check.offenders.front());
    return text + ".";
}

std::string noun_of_inserts(const Workload& workload) {
    if (workload.tables().empty()) return "rows";
    auto name = workload.tables()[workload.insert_table()].name;
    std::replace(name.begin(), name.end(), '_', ' ');
    return name;
}

std::string success_summary(const RowVerifier& row_verifier, const LedgerComparison& comparison,
                            const std::vector<Check>& checks) {
    std::vector<std::string> things;
    if (comparison.acknowledged_rows > 0)
        things.push_back(fmt::format("{} acknowledged {}",
                                     format_count(comparison.acknowledged_rows),
                                     noun_of_inserts(*row_verifier.description().workload)));
    if (const auto updates = row_verifier.updates().acknowledged(); updates > 0)
        things.push_back(fmt::format("{} acknowledged updates", format_count(updates)));
    things.push_back(fmt::format("{} loaded rows", format_count(comparison.loaded_rows)));
    auto text = fmt::format("{} are all there, none twice",
                            fmt::join(things, things.size() > 2 ? ", " : " and "));
    const auto* copies = find(checks, "replicas_diverged");
    if (copies && copies->verdict == Verdict::pass) text += ", every copy equal";
    if (const auto unknown = comparison.unknown_applied + comparison.unknown_absent; unknown > 0)
        text += fmt::format("; of {} inserts with an unknown outcome {} happened",
                            format_count(unknown), format_count(comparison.unknown_applied));
    if (comparison.stale.count > 0)
        text += fmt::format("; {} could not be seen everywhere until in-doubt transactions were "
                            "recovered",
                            format_count(comparison.stale.count));
    return text + ".";
}

} // namespace

std::vector<std::string> summarize_verification(const RowVerifier& row_verifier,
                                                const VerificationResults& results,
                                                const std::vector<Check>& checks) {
    std::vector<std::string> narrative;
    for (const auto& headline : headlines) {
        const auto* check = find(checks, headline.check);
        if (check != nullptr && check->count.value_or(0) > 0)
            narrative.push_back(violation_text(headline, *check));
    }
    const auto open =
        std::find_if(checks.begin(), checks.end(), [](const Check& c) { return !c.finished; });
    if (open != checks.end())
        narrative.push_back(fmt::format("The verification ({}) {}", open->name, open->detail));
    const bool rows_fail = std::any_of(checks.begin(), checks.end(), [](const Check& check) {
        return check.verdict == Verdict::fail;
    });
    if (!rows_fail && open == checks.end() && results.comparison)
        narrative.insert(narrative.begin(),
                         success_summary(row_verifier, *results.comparison, checks));
    return narrative;
}

} // namespace citusbench
