#include "capacity/capacity_result.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/enum_names.hpp"
#include "core/quantity.hpp"
#include "record/human_text.hpp"

namespace citusbench {
namespace {

using End = CapacitySearch::End;

/// "14.2 ms" without the blank that makes columns line up.
std::string time_text(std::optional<double> us) {
    if (!us) return "beyond every limit";
    return format_duration(Nanoseconds(std::llround(*us * 1e3)));
}

std::string per_s(double rate) {
    return rate_text(rate) + "/s";
}

std::string how_sure(const SearchResult& search) {
    auto text = fmt::format("(confirmed by a second probe: {}", search.confirmed);
    if (search.steps_down > 0)
        text += fmt::format("; {} held once and not again: {} step{} down",
                            per_s(search.held_once.value_or(0)), search.steps_down,
                            search.steps_down == 1 ? "" : "s");
    if (search.at_max_rate)
        text += "; no larger rate was allowed";
    else if (!search.narrow && search.missed_rate && search.steps_down == 0)
        text += fmt::format("; the probes ran out before {} and this were narrowed further",
                            per_s(*search.missed_rate));
    return text + ")";
}

std::string none_text(const SearchResult& search, const std::string& objective) {
    if (search.end == End::unconfirmed)
        return fmt::format("no rate was confirmed to hold {}: what held once missed when it was "
                           "tried again, and the {} probes ran out (at {}: {})",
                           objective, search.probes, per_s(search.last_missed), search.missed);
    return fmt::format("no rate holds {}: {} at {}, the smallest that was tried", objective,
                       search.missed, per_s(search.last_missed));
}

std::string client_text(const SearchResult& search, unsigned threads) {
    const auto conditions = search.conditions.empty() ? "" : " " + search.conditions;
    if (!search.warnings.empty())
        return fmt::format("The client may have been the limit{}: at {}, {}.", conditions,
                           per_s(search.last_missed), fmt::join(search.warnings, "; "));
    return fmt::format("The client was the limit{}: it used {:.0f} % of its {} thread{}, so the "
                       "cluster may hold more than was found. Use more --threads, or a machine "
                       "with more cores for the client.",
                       conditions, 100 * search.client_cpu(), threads, threads == 1 ? "" : "s");
}

std::string overload_text(const OverloadResult& overload) {
    const auto begin =
        fmt::format("Overload: after {:.3g} s at {} (p99 {}) the rate went back to {} at once; ",
                    overload.overload_s, per_s(overload.overload_rate),
                    time_text(overload.overload_p99_us), per_s(overload.base_rate));
    const auto before = time_text(overload.before_p99_us);
    if (overload.after.empty()) return begin + "nothing was measured.";
    if (!overload.before_held)
        return begin + fmt::format("whether it came back cannot be said: the time before the "
                                   "overload missed the objective itself (p99 {}).",
                                   before);
    const auto last = time_text(overload.after.back().p99_us);
    if (const auto back = overload.back_after_s())
        return begin + fmt::format("p99 was back to baseline within {:.3g} s: {}, {} before.",
                                   *back, last, before);
    const auto full = std::count_if(overload.after.begin(), overload.after.end(),
                                    [](const auto& window) { return !window.at_half; });
    const auto stayed = begin + fmt::format("p99 did not come back within {:.3g} s ({} before): ",
                                            static_cast<double>(full) * overload.window_s, before);
    if (const auto back = overload.back_after_s(true))
        return stayed + fmt::format("only at half of the rate it was {} after {:.3g} s. The "
                                    "overload outlasts its cause (metastable).",
                                    last, *back);
    return stayed + fmt::format("{} after {:.3g} s, the last of them at half of the rate. The "
                                "overload outlasts its cause (metastable).",
                                last, overload.after.back().from_s + overload.window_s);
}

CapacitySearchRecord search_record(const SearchResult& search) {
    CapacitySearchRecord record;
    record.name = search.name;
    record.conditions = search.conditions;
    record.outcome = name_of(search.end);
    if (search.rate > 0) record.rate = search.rate;
    record.missed_rate = search.missed_rate;
    record.within_tolerance = search.narrow;
    record.largest_allowed_rate_held = search.at_max_rate;
    record.steps_down = search.steps_down;
    record.held_once = search.held_once;
    record.probes = search.probes;
    record.confirming_probe = search.confirmed;
    record.client_cpu_share = search.client_cpu();
    record.client_warnings = search.warnings;
    record.client_was_the_limit = search.client_was_the_limit();
    return record;
}

CapacityOverload overload_record(const OverloadResult& overload) {
    CapacityOverload record;
    record.rate = overload.base_rate;
    record.overload_rate = overload.overload_rate;
    record.overload_s = overload.overload_s;
    record.window_s = overload.window_s;
    record.before_p99_us = overload.before_p99_us;
    record.overload_p99_us = overload.overload_p99_us;
    record.after = overload.after;
    record.back_after_s = overload.back_after_s();
    record.back_at_half_after_s = overload.back_after_s(true);
    record.metastable = overload.is_metastable();
    return record;
}

} // namespace

std::optional<double> OverloadResult::back_after_s(bool at_half) const {
    for (const auto& window : after)
        if (window.is_back && window.at_half == at_half) return window.from_s + window_s;
    return std::nullopt;
}

bool OverloadResult::is_as_before(std::optional<double> p99_us) const {
    constexpr double factor = 1.5;
    constexpr double slack_us = 1000;
    return p99_us && before_p99_us &&
           *p99_us <= std::max(*before_p99_us * factor, *before_p99_us + slack_us);
}

bool CapacityResult::every_search_confirmed() const {
    return !searches.empty() &&
           std::all_of(searches.begin(), searches.end(),
                       [](const SearchResult& search) { return search.end == End::confirmed; });
}

std::optional<double> CapacityResult::ratio() const {
    if (searches.size() < 2 || !every_search_confirmed()) return std::nullopt;
    return searches[1].rate / searches[0].rate;
}

std::vector<std::string> summarize_capacity(const CapacityResult& result) {
    std::vector<std::string> narrative;
    std::string main;
    for (const auto& search : result.searches) {
        if (search.end == End::open) continue;
        const bool first = &search == &result.searches.front();
        const bool found = search.end == End::confirmed;
        const auto none = none_text(search, first ? result.objective : "it");
        if (first)
            main = found ? fmt::format("{} holds {} up to {} {}", result.subject, result.objective,
                                       per_s(search.rate), how_sure(search))
                         : fmt::format("{}: {}", result.subject, none);
        else if (!found)
            main += fmt::format("; {} {}", search.conditions, none);
        else
            main +=
                fmt::format("; {} up to {} {}, which is {:.0f} %", search.conditions,
                            per_s(search.rate), how_sure(search), 100 * result.ratio().value_or(0));
    }
    if (main.empty()) return {"Interrupted before a rate was found."};
    narrative.push_back(main + ".");
    for (const auto& search : result.searches)
        if (search.client_was_the_limit()) narrative.push_back(client_text(search, result.threads));
    if (result.overload) narrative.push_back(overload_text(*result.overload));
    return narrative;
}

void record_settings(const CapacityPlan& plan, CapacityRecord& record) {
    auto& settings = record.settings;
    if (plan.start_given) settings.start_rate = plan.limits.start;
    settings.tolerance = plan.limits.tolerance;
    settings.max_probes = plan.limits.probes;
    settings.max_rate = plan.limits.max_rate;
    settings.faults.clear();
    for (const auto& fault : plan.run.faults) settings.faults.push_back(fault.to_string());
}

void record_outcome(const CapacityResult& result, CapacityRecord& record) {
    record.closed_loop_ok_per_s = result.closed_loop_per_s;
    record.searches.clear();
    for (const auto& search : result.searches) record.searches.push_back(search_record(search));
    record.ratio = result.ratio();
    if (result.overload) record.overload = overload_record(*result.overload);
}

} // namespace citusbench
