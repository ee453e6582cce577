#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantity.hpp"
#include "verify/checks.hpp"

namespace citusbench {
namespace {

/// How a failed check begins its sentence: one offender, several.
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
    Headline{"wrong_side", "WRONG SIDE", "row lies in a cluster that does not own its key",
             "rows lie in clusters that do not own their keys"},
    Headline{"replicas_diverged", "DIVERGED", "shard has copies that differ",
             "shards have copies that differ"},
    Headline{"under_replicated", "UNDER-REPLICATED", "shard lacks a copy", "shards lack copies"},
    Headline{"in_doubt_left", "IN DOUBT", "prepared transaction is left",
             "prepared transactions are left"},
};

const Check* find(const std::vector<Check>& checks, std::string_view name) {
    const auto at = std::find_if(checks.begin(), checks.end(),
                                 [&](const Check& check) { return check.name == name; });
    return at == checks.end() ? nullptr : &*at;
}

/// "LOST: 3 acknowledged rows or updates are gone, first messages id …"
std::string trouble_text(const Headline& headline, const Check& check) {
    const auto count = check.count.value_or(0);
    auto text = fmt::format("{}{}: {} {}", check.verdict == Verdict::fail ? "" : "Left open, ",
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

std::string all_is_well(const RowJudge& judge, const Tally& tally,
                        const std::vector<Check>& checks) {
    std::vector<std::string> things;
    if (tally.acknowledged_rows > 0)
        things.push_back(fmt::format("{} acknowledged {}", format_count(tally.acknowledged_rows),
                                     noun_of_inserts(*judge.facts().workload)));
    if (const auto updates = judge.updates().acknowledged(); updates > 0)
        things.push_back(fmt::format("{} acknowledged updates", format_count(updates)));
    things.push_back(fmt::format("{} loaded rows", format_count(tally.loaded_rows)));
    auto text = fmt::format("{} are all there, none twice",
                            fmt::join(things, things.size() > 2 ? ", " : " and "));
    const auto* copies = find(checks, "replicas_diverged");
    if (copies && copies->verdict == Verdict::pass) text += ", every copy equal";
    if (const auto unknown = tally.unknown_applied + tally.unknown_absent; unknown > 0)
        text += fmt::format("; of {} inserts with an unknown outcome {} happened",
                            format_count(unknown), format_count(tally.unknown_applied));
    if (tally.stale.count > 0)
        text += fmt::format("; {} could not be seen everywhere until in-doubt transactions were "
                            "recovered",
                            format_count(tally.stale.count));
    return text + ".";
}

} // namespace

std::vector<std::string> tell_verification(const RowJudge& judge, const Findings& findings,
                                           const std::vector<Check>& checks) {
    std::vector<std::string> sentences;
    for (const auto& headline : headlines) {
        const auto* check = find(checks, headline.check);
        if (check != nullptr && check->count.value_or(0) > 0)
            sentences.push_back(trouble_text(headline, *check));
    }
    const auto open =
        std::find_if(checks.begin(), checks.end(), [](const Check& c) { return !c.finished; });
    if (open != checks.end())
        sentences.push_back(fmt::format("The verification ({}) {}", open->name, open->detail));
    const bool rows_fail = std::any_of(checks.begin(), checks.end(), [](const Check& check) {
        return check.verdict == Verdict::fail;
    });
    if (!rows_fail && open == checks.end() && findings.tally)
        sentences.insert(sentences.begin(), all_is_well(judge, *findings.tally, checks));
    return sentences;
}

} // namespace citusbench
