#include <nlohmann/json.hpp>

#include "report/run_json.hpp"

namespace citusbench {
namespace {

using Json = nlohmann::ordered_json;

template <typename Number>
Json number_or_null(const std::optional<Number>& number) {
    return number ? Json(*number) : Json();
}

Json search_json(const CapacitySearchRecord& search) {
    return {{"search", search.name},
            {"conditions", search.conditions},
            {"outcome", search.outcome},
            {"rate", number_or_null(search.rate)},
            {"missed_rate", number_or_null(search.missed_rate)},
            {"within_5_percent", search.within_tolerance},
            {"largest_allowed_rate_held", search.largest_allowed_rate_held},
            {"steps_down", search.steps_down},
            {"held_once", number_or_null(search.held_once)},
            {"probes", search.probes},
            {"confirming_probe", search.confirming_probe},
            {"client_cpu_share", search.client_cpu_share},
            {"client_doubts", search.client_warnings},
            {"client_was_the_limit", search.client_was_the_limit}};
}

Json overload_json(const CapacityOverload& overload) {
    Json after = Json::array();
    for (const auto& window : overload.after)
        after.push_back({{"from_s", window.from_s},
                         {"p99_us", number_or_null(window.p99_us)},
                         {"as_before", window.is_back},
                         {"at_half", window.at_half}});
    return {{"rate", overload.rate},
            {"overload_rate", overload.overload_rate},
            {"overload_s", overload.overload_s},
            {"window_s", overload.window_s},
            {"before_p99_us", number_or_null(overload.before_p99_us)},
            {"overload_p99_us", number_or_null(overload.overload_p99_us)},
            {"after", std::move(after)},
            {"back_after_s", number_or_null(overload.back_after_s)},
            {"back_at_half_after_s", number_or_null(overload.back_at_half_after_s)},
            {"metastable", overload.metastable}};
}

Json probes_json(const CapacityRecord& capacity) {
    Json probes = Json::array();
    for (const auto& probe : capacity.probes) {
        Json values = Json::object();
        for (std::size_t i = 0; i < capacity.columns.size(); ++i)
            values[capacity.columns[i]] = number_or_null(probe.values[i]);
        probes.push_back({{"probe", probe.name},
                          {"rate", probe.rate},
                          {"held", probe.held},
                          {"cut_short", probe.cut_short},
                          {"measured_s", probe.measured_s},
                          {"missed", probe.missed},
                          {"client_cpu_share", probe.client_cpu},
                          {"values", std::move(values)}});
    }
    return probes;
}

} // namespace

void run_json::put_capacity(const RunRecord& record, Json& json) {
    if (!record.capacity) return;
    const auto& capacity = *record.capacity;
    const auto& settings = capacity.settings;
    Json searches = Json::array();
    for (const auto& search : capacity.searches) searches.push_back(search_json(search));
    json["capacity"] = {
        {"objective", capacity.objective},
        {"start_rate", number_or_null(settings.start_rate)},
        {"closed_loop_ok_per_s", number_or_null(capacity.closed_loop_ok_per_s)},
        {"tolerance", settings.tolerance},
        {"max_probes", settings.max_probes},
        {"max_rate", settings.max_rate},
        {"faults", settings.faults},
        {"searches", std::move(searches)},
        {"ratio", number_or_null(capacity.ratio)},
        {"overload", capacity.overload ? overload_json(*capacity.overload) : Json()},
        {"probes", probes_json(capacity)}};
}

void run_json::put_suite(const RunRecord& record, Json& json) {
    if (!record.suite) return;
    json["suite"] = {{"name", record.suite->name}, {"executions", record.suite->executions}};
}

} // namespace citusbench
