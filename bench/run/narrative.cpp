#include "run/narrative.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantity.hpp"
#include "record/summarize.hpp"

namespace citusbench {
namespace {

const PhaseTotals* find_phase(const RunRecord& record, std::string_view name) {
    for (const auto& phase : record.phases)
        if (phase.name == name) return &phase;
    return nullptr;
}

double rate(const PhaseTotals& phase, const OpStats& stats) {
    return phase.seconds() > 0 ? static_cast<double>(stats.count(Outcome::ok)) / phase.seconds()
                               : 0;
}

std::string rate_text(double per_second) {
    return per_second >= 100 ? format_count(static_cast<std::uint64_t>(std::llround(per_second)))
                             : fmt::format("{:.3g}", per_second);
}

std::string p99_text(const OpStats& stats) {
    const auto& ok = stats.response[index_of(Outcome::ok)];
    if (ok.empty()) return "–";
    return format_duration(Nanoseconds(static_cast<std::int64_t>(ok.quantile(0.99))));
}

/// "41 %", "100 %", "0.4 %".
std::string share_text(double share) {
    return share < 0.01 ? fmt::format("{:.1f} %", 100 * share)
                        : fmt::format("{:.0f} %", 100 * share);
}

std::string_view state_of(const Outage& outage) {
    if (outage.kind == "none") return "left alone";
    if (outage.kind == "pause") return "frozen";
    if (outage.kind == "partition") return "cut off";
    if (outage.kind == "slow") return "slow to reach";
    return "down";
}

std::string down_text(const Outage& outage, Ticks zero) {
    const auto nodes = fmt::format("{}", fmt::join(outage.nodes, " and "));
    const auto* verb = outage.nodes.size() == 1 ? "was" : "were";
    const auto from = to_seconds(outage.confirmed - zero);
    if (outage.healed == never)
        return fmt::format("{} {} {} from {:.1f} s on ({}) and not healed", nodes, verb,
                           state_of(outage), from, outage.kind);
    return fmt::format("{} {} {} for {:.1f} s ({} confirmed at {:.1f} s)", nodes, verb,
                       state_of(outage), to_seconds(outage.healed - outage.confirmed), outage.kind,
                       from);
}

const KeyOutage* find_keys(const FaultSummary& summary, std::size_t fault, bool writes) {
    for (const auto& keys : summary.keys)
        if (keys.fault == fault && keys.writes == writes) return &keys;
    return nullptr;
}

/// "41 % of the rooms could not be written for 20.1 s", or nothing if all could.
std::string keys_text(const FaultSummary& summary, const KeyOutage& keys) {
    if (keys.keys_share <= 0) return {};
    return fmt::format("{} of the {} could not be {} for {}", share_text(keys.keys_share),
                       summary.key_noun, keys.writes ? "written" : "read",
                       format_duration(Nanoseconds(static_cast<std::int64_t>(keys.max_ms * 1e6))));
}

/// " (+3 ms p99)": how much slower the successful ones were during the fault than before.
std::string slower_text(const RunRecord& record, OperationFilter filter) {
    const auto* before = find_phase(record, "before");
    const auto* during = find_phase(record, "during");
    if (!before || !during) return {};
    const auto first = sum(*before, record.operations, filter);
    const auto middle = sum(*during, record.operations, filter);
    const auto& was = first.response[index_of(Outcome::ok)];
    const auto& is = middle.response[index_of(Outcome::ok)];
    if (was.empty() || is.empty()) return {};
    const auto change = static_cast<std::int64_t>(is.quantile(0.99)) -
                        static_cast<std::int64_t>(was.quantile(0.99));
    return fmt::format(" ({}{} p99)", change < 0 ? "−" : "+",
                       format_duration(Nanoseconds(std::abs(change))));
}

/// "no write succeeded for 5.48 s", or nothing where that is not long for this load: every key may
/// have had too few operations in that time to be called out of service.
std::string gap_text(const RunRecord& record, std::size_t fault, OperationFilter filter) {
    constexpr double min_ms = 1000;
    constexpr double operations = 10; // of the time before, that would have fit in
    const auto* before = find_phase(record, "before");
    if (!before) return {};
    const auto usual = rate(*before, sum(*before, record.operations, filter));
    const std::string_view what = filter == OperationFilter::write ? "write" : "read";
    for (const auto& row : record.recovery) {
        if (row.fault != fault || row.operation != what || row.key_group != "all") continue;
        const auto gap_ms = row.unavailable_ms.value_or(0);
        if (gap_ms < min_ms || gap_ms / 1e3 * usual < operations) return {};
        return fmt::format("no {} succeeded for {}", what,
                           format_duration(Nanoseconds(static_cast<std::int64_t>(gap_ms * 1e6))));
    }
    return {};
}

bool has_operations(const RunRecord& record, OperationFilter filter) {
    return std::any_of(record.phases.begin(), record.phases.end(), [&](const auto& phase) {
        return sum(phase, record.operations, filter).scheduled > 0;
    });
}

/// The operator's part, which determines the time without writes where Citus replicates the copies.
std::string operator_text(const FaultSummary& summary, const Outage& outage) {
    if (summary.policy.empty()) return {};
    if (!outage.error.empty())
        return fmt::format(" The operator (--operator {}) failed: {}.", summary.policy,
                           outage.error);
    if (summary.policy == "none")
        return outage.kind == "none" ? "" : " There was no operator action (--operator none).";
    std::string text = fmt::format(" The operator (--operator {})", summary.policy);
    if (outage.disabled == never) return text + " had nothing to disable.";
    text += fmt::format(" had disabled it {:.1f} s after the fault",
                        to_seconds(outage.disabled - outage.confirmed));
    if (outage.redundant != never && outage.healed != never)
        text += fmt::format(", and every shard had all its copies again {:.1f} s after its return",
                            to_seconds(outage.redundant - outage.healed));
    return text + ".";
}

std::string outage_text(const RunRecord& record, const FaultSummary& summary, std::size_t number) {
    const auto& outage = summary.outages[number - 1];
    std::vector<std::string> parts;
    for (const bool writes : {true, false}) {
        const auto filter = writes ? OperationFilter::write : OperationFilter::read;
        const auto* keys = find_keys(summary, number, writes);
        if (!keys || !has_operations(record, filter)) continue;
        // If the fault does not affect particular keys, the keys that failed are only a sample.
        const bool is_partial = keys->affected_share > 0 && keys->affected_share < 1;
        auto out = is_partial ? keys_text(summary, *keys) : gap_text(record, number, filter);
        if (out.empty())
            out = is_partial ? gap_text(record, number, filter) : keys_text(summary, *keys);
        parts.push_back(!out.empty() ? out
                                     : fmt::format("{} continued{}", writes ? "writes" : "reads",
                                                   slower_text(record, filter)));
    }
    auto text = down_text(outage, summary.zero);
    if (const auto* keys = find_keys(summary, number, true); keys && outage.kind != "none")
        text += keys->affected_share > 0
                    ? fmt::format(", with a copy of {} of the {}", share_text(keys->affected_share),
                                  summary.key_noun)
                    : fmt::format(", holding none of the {}", summary.key_noun);
    if (!parts.empty()) text += fmt::format(": {}", fmt::join(parts, "; "));
    return text + "." + operator_text(summary, outage);
}

std::string not_ok_text(const OpStats& stats) {
    std::vector<std::string> parts;
    for (const auto outcome : {Outcome::failed, Outcome::unknown, Outcome::skipped})
        if (stats.count(outcome) > 0)
            parts.push_back(
                fmt::format("{} {}", format_count(stats.count(outcome)), name_of(outcome)));
    return fmt::format("{}", fmt::join(parts, ", "));
}

/// In an open loop the operations of an outage may all succeed in the end, after it: their median
/// shows that they waited.
bool waited(const OpStats& before, const OpStats& during) {
    const auto& first = before.response[index_of(Outcome::ok)];
    const auto& middle = during.response[index_of(Outcome::ok)];
    return !first.empty() && !middle.empty() && middle.quantile(0.5) > 10 * first.quantile(0.5);
}

std::string_view verb_for(const OpStats& before, const OpStats& during, double rate_before,
                          double rate_during) {
    const auto ok = during.count(Outcome::ok);
    if (ok == 0) return "stopped";
    if (rate_during < 0.01 * rate_before) return "all but stopped";
    if (ok < during.scheduled) return "degraded";
    if (waited(before, during)) return "had to wait";
    return rate_during < 0.8 * rate_before ? "slowed down" : "continued";
}

/// "Writes stopped: 480/s before, 0/s during, 470/s after; p99 … ; during it 12 failed."
std::string phases_text(const RunRecord& record, OperationFilter filter, std::string_view subject) {
    const auto* before = find_phase(record, "before");
    const auto* during = find_phase(record, "during");
    const auto* after = find_phase(record, "after");
    if (!before || !during) return {};
    const auto first = sum(*before, record.operations, filter);
    const auto middle = sum(*during, record.operations, filter);
    if (middle.scheduled == 0) return {};
    const auto rate_before = rate(*before, first);
    const auto rate_during = rate(*during, middle);
    auto text = fmt::format("{} {}: {}/s before, {}/s during", subject,
                            verb_for(first, middle, rate_before, rate_during),
                            rate_text(rate_before), rate_text(rate_during));
    auto p99 = fmt::format("{}, {}", p99_text(first), p99_text(middle));
    if (after) {
        const auto last = sum(*after, record.operations, filter);
        text += fmt::format(", {}/s after", rate_text(rate(*after, last)));
        p99 += ", " + p99_text(last);
    }
    text += fmt::format("; p99 {}", p99);
    const auto not_ok = not_ok_text(middle);
    if (not_ok.empty()) return text + ".";
    text += fmt::format("; during it {}.", not_ok);
    if (!record.labels.rate_target && rate_during > rate_before)
        text +=
            " (In a closed loop the operations that still work get the room of those that fail.)";
    return text;
}

std::string steady_text(const RunRecord& record) {
    const auto* phase = find_phase(record, "steady");
    if (!phase) return {};
    const auto all = sum(*phase, record.operations, OperationFilter::all);
    const auto not_ok = not_ok_text(all);
    return fmt::format("{} operations acknowledged in {:.1f} s: {}/s, p99 {}; {}.",
                       format_count(all.count(Outcome::ok)), phase->seconds(),
                       rate_text(rate(*phase, all)), p99_text(all),
                       not_ok.empty() ? "nothing else happened" : not_ok);
}

} // namespace

std::vector<std::string> summarize_run(const RunRecord& record, const FaultSummary& summary) {
    constexpr std::size_t max_described = 3; // for more repeats the table is clearer
    std::vector<std::string> narrative;
    std::size_t number = 0; // as in recovery.csv, which counts confirmed ones
    FaultSummary confirmed = summary;
    std::erase_if(confirmed.outages, [](const auto& each) { return each.confirmed == never; });
    while (++number <= confirmed.outages.size() && number <= max_described)
        narrative.push_back(outage_text(record, confirmed, number));
    if (confirmed.outages.size() > max_described)
        narrative.push_back(fmt::format("{} more faults: see recovery.csv.",
                                        confirmed.outages.size() - max_described));
    narrative.push_back(steady_text(record));
    narrative.push_back(phases_text(record, OperationFilter::read, "Reads"));
    narrative.push_back(phases_text(record, OperationFilter::write, "Writes"));
    if (record.verification)
        narrative.insert(narrative.end(), record.verification->narrative.begin(),
                         record.verification->narrative.end());
    std::erase_if(narrative, [](const auto& sentence) { return sentence.empty(); });
    return narrative;
}

} // namespace citusbench
