#include "capacity/capacity_result.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/quantity.hpp"
#include "record/human_text.hpp"

namespace citusbench {
namespace {

using Json = nlohmann::ordered_json;
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
                       "cluster may hold more than was found. Take more --threads, or a machine "
                       "with more cores for the client.",
                       conditions, 100 * search.client_cpu(), threads, threads == 1 ? "" : "s");
}

std::string overload_text(const OverloadResult& overload) {
    const auto begin = fmt::format("Overload: after {:.3g} s at {} (p99 {}) and back at {} without "
                                   "a pause, ",
                                   overload.overload_s, per_s(overload.overload_rate),
                                   time_text(overload.overload_p99_us), per_s(overload.base_rate));
    const auto before = time_text(overload.before_p99_us);
    if (overload.after.empty()) return begin + "nothing was measured.";
    const auto last = time_text(overload.after.back().p99_us);
    if (const auto back = overload.back_after_s())
        return begin + fmt::format("p99 was back to baseline within {:.3g} s: {}, {} before.",
                                   *back, last, before);
    const auto full = std::count_if(overload.after.begin(), overload.after.end(),
                                    [](const auto& window) { return !window.at_half; });
    const auto stayed = begin + fmt::format("p99 did not come back within {:.3g} s ({} before): ",
                                            static_cast<double>(full) * overload.window_s, before);
    if (const auto back = overload.back_after_s(true))
        return stayed + fmt::format("it took half of the rate to have {} after {:.3g} s. The "
                                    "overload outlasts its cause (metastable).",
                                    last, *back);
    return stayed + fmt::format("{} after {:.3g} s, the last of them at half of the rate. The "
                                "overload outlasts its cause (metastable).",
                                last, overload.after.back().from_s + overload.window_s);
}

const char* end_name(End end) {
    switch (end) {
    case End::open:
        return "interrupted";
    case End::confirmed:
        return "confirmed";
    case End::unconfirmed:
        return "unconfirmed";
    case End::none:
        break;
    }
    return "none";
}

template <typename Number>
Json or_null(const std::optional<Number>& number) {
    return number ? Json(*number) : Json();
}

Json search_json(const SearchResult& search) {
    return {{"search", search.name},
            {"conditions", search.conditions},
            {"outcome", end_name(search.end)},
            {"rate", search.rate > 0 ? Json(search.rate) : Json()},
            {"missed_rate", or_null(search.missed_rate)},
            {"within_5_percent", search.narrow},
            {"largest_allowed_rate_held", search.at_max_rate},
            {"steps_down", search.steps_down},
            {"held_once", or_null(search.held_once)},
            {"probes", search.probes},
            {"confirming_probe", search.confirmed},
            {"client_cpu_share", search.client_cpu()},
            {"client_doubts", search.warnings},
            {"client_was_the_limit", search.client_was_the_limit()}};
}

Json overload_json(const OverloadResult& overload) {
    Json after = Json::array();
    for (const auto& window : overload.after)
        after.push_back({{"from_s", window.from_s},
                         {"p99_us", or_null(window.p99_us)},
                         {"as_before", window.as_before},
                         {"at_half", window.at_half}});
    return {{"rate", overload.base_rate},
            {"overload_rate", overload.overload_rate},
            {"overload_s", overload.overload_s},
            {"window_s", overload.window_s},
            {"before_p99_us", or_null(overload.before_p99_us)},
            {"overload_p99_us", or_null(overload.overload_p99_us)},
            {"after", after},
            {"back_after_s", or_null(overload.back_after_s())},
            {"back_at_half_after_s", or_null(overload.back_after_s(true))},
            {"metastable", overload.is_metastable()}};
}

Json probes_json(const CapacityRecord& record) {
    Json probes = Json::array();
    for (const auto& probe : record.probes) {
        Json values = Json::object();
        for (std::size_t i = 0; i < record.columns.size(); ++i)
            values[record.columns[i]] = or_null(probe.values[i]);
        probes.push_back({{"probe", probe.name},
                          {"rate", probe.rate},
                          {"held", probe.held},
                          {"cut_short", probe.cut_short},
                          {"measured_s", probe.measured_s},
                          {"missed", probe.missed},
                          {"client_cpu_share", probe.client_cpu},
                          {"values", values}});
    }
    return probes;
}

} // namespace

std::optional<double> OverloadResult::back_after_s(bool at_half) const {
    for (const auto& window : after)
        if (window.as_before && window.at_half == at_half) return window.from_s + window_s;
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

Json capacity_json(const CapacityPlan& plan, const CapacityResult& result,
                   const CapacityRecord& record) {
    Json faults = Json::array();
    for (const auto& fault : plan.run.faults) faults.push_back(fault.to_string());
    Json searches = Json::array();
    for (const auto& search : result.searches) searches.push_back(search_json(search));
    return {{"objective", plan.slo.to_string()},
            {"start_rate", plan.start_given ? Json(plan.limits.start) : Json()},
            {"closed_loop_ok_per_s", or_null(result.closed_loop_per_s)},
            {"tolerance", plan.limits.tolerance},
            {"max_probes", plan.limits.probes},
            {"max_rate", plan.limits.max_rate},
            {"faults", faults},
            {"searches", searches},
            {"ratio", or_null(result.ratio())},
            {"overload", result.overload ? overload_json(*result.overload) : Json()},
            {"probes", probes_json(record)}};
}

} // namespace citusbench
