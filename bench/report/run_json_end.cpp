#include <nlohmann/json.hpp>

#include "report/run_json.hpp"

namespace citusbench {
namespace {

using Json = nlohmann::ordered_json;

Json seconds_or_null(std::optional<double> seconds) {
    return seconds ? Json(*seconds) : Json();
}

Json monitor_json(const MonitorSummary& monitor) {
    Json troubles = Json::object();
    for (const auto& [node, text] : monitor.troubles) troubles[node] = text;
    return {{"samples", monitor.samples},
            {"missed", monitor.missed},
            {"values", monitor.values},
            {"client_cpu_s", monitor.client_cpu_s},
            {"troubles", std::move(troubles)}};
}

Json cost_json(const ClientCost& cost) {
    return {{"cpu_us_per_operation", cost.cpu_us_per_operation},
            {"cpu_s", cost.cpu_s},
            {"peak_rss_kb", cost.peak_rss_kb}};
}

Json answer_check_json(const AnswerCheckCost& answers) {
    Json json = {{"share", answers.share},
                 {"checked", answers.total.checked},
                 {"wrong", answers.total.wrong},
                 {"stale", answers.total.stale},
                 {"unchecked", answers.total.unchecked},
                 {"cpu_s", answers.cpu_s},
                 {"cpu_us_per_answer", answers.cpu_us_per_answer}};
    for (const auto& [name, counts] : answers.operations)
        json["operations"][name] = {{"checked", counts.checked},
                                    {"wrong", counts.wrong},
                                    {"stale", counts.stale},
                                    {"unchecked", counts.unchecked}};
    return json;
}

Json verdict_on_client(const RunRecord& record) {
    return {{"trusted", record.warnings.empty()}, {"reasons", record.warnings}};
}

Json health_json(const RunRecord& record, const ClientHealthFigures& health) {
    auto json = verdict_on_client(record);
    json["send_lag_us"] = {{"p50", health.send_lag.p50_us},
                           {"p99", health.send_lag.p99_us},
                           {"p999", health.send_lag.p999_us},
                           {"max", health.send_lag.max_us}};
    json["longest_loop_stall_us"] = health.max_loop_stall_us;
    json["stalled_from_s"] = health.stalled_from_s;
    json["late_timers"] = health.late_timers;
    json["latest_timer_us"] = health.latest_timer_us;
    json["thread_cpu_s"] = health.thread_cpu_s;
    json["thread_waiting_for_cpu_s"] = health.thread_waiting_for_cpu_s;
    json["niceness"] = health.niceness;
    json["realtime"] = health.is_realtime;
    json["busiest_second"] = health.busiest_second;
    json["saturated_seconds"] = health.saturated_seconds;
    json["seconds"] = health.seconds;
    json["cpu_steal"] = health.cpu_steal ? Json(*health.cpu_steal) : Json();
    return json;
}

Json events_json(const ClientEvents& events) {
    return {{"rests_after_error", events.rests_after_error},
            {"retries", events.retries},
            {"reconnects", events.reconnects},
            {"notices", events.notices},
            {"cancels_requested", events.cancels_requested},
            {"cancels_delivered", events.cancels_delivered},
            {"cancels_dropped", events.cancels_dropped}};
}

Json rows_returned_json(const RunRecord& record, const std::vector<std::uint64_t>& rows) {
    Json json = Json::object();
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i] > 0) json[record.operations.at(i).name] = rows[i];
    return json;
}

Json spread_json(const std::optional<MetricSpread>& metric) {
    if (!metric) return {};
    return {{"min", metric->min},
            {"median", metric->median},
            {"max", metric->max},
            {"missing", metric->missing}};
}

Json happened_json(const std::vector<FaultTimes>& faults) {
    Json list = Json::array();
    for (const auto& fault : faults)
        list.push_back({{"kind", fault.kind},
                        {"nodes", fault.nodes},
                        {"injected_s", seconds_or_null(fault.injected_s)},
                        {"confirmed_s", seconds_or_null(fault.confirmed_s)},
                        {"disabled_s", seconds_or_null(fault.disabled_s)},
                        {"heal_started_s", seconds_or_null(fault.heal_started_s)},
                        {"healed_s", seconds_or_null(fault.healed_s)},
                        {"redundant_s", seconds_or_null(fault.redundant_s)},
                        {"operator_trouble", fault.operator_trouble}});
    return list;
}

Json keys_json(const std::vector<KeyOutage>& outages) {
    Json list = Json::array();
    for (const auto& outage : outages)
        list.push_back({{"fault", outage.fault},
                        {"operation", outage.writes ? "write" : "read"},
                        {"affected_share", outage.affected_share},
                        {"out_of_service_share", outage.keys_share},
                        {"longest_ms", outage.max_ms}});
    return list;
}

Json recovery_json(const std::vector<RecoveryRow>& rows) {
    Json list = Json::array();
    for (const auto& row : summarize_recovery(rows))
        list.push_back({{"operation", row.operation},
                        {"key_group", row.key_group},
                        {"faults", row.faults},
                        {"time_to_first_error_ms", spread_json(row.time_to_first_error_ms)},
                        {"unavailable_ms", spread_json(row.unavailable_ms)},
                        {"gaps_ms", spread_json(row.gaps_ms)},
                        {"time_to_first_ok_ms", spread_json(row.time_to_first_ok_ms)},
                        {"worst_operation_ms", spread_json(row.worst_operation_ms)},
                        {"worst_operation_censored", row.worst_operation_censored},
                        {"time_to_baseline_ms", spread_json(row.time_to_baseline_ms)},
                        {"time_to_redundancy_ms", spread_json(row.time_to_redundancy_ms)}});
    return list;
}

} // namespace

void run_json::put_client(const RunRecord& record, Json& json) {
    const auto& details = record.details;
    if (details.monitor) json["monitor"] = monitor_json(*details.monitor);
    if (details.client) {
        json["client_cost"] = cost_json(details.client->cost);
        json["trust"] = health_json(record, details.client->health);
        json["client_events"] = events_json(details.client->events);
        json["rows_returned"] = rows_returned_json(record, details.client->rows_returned);
    }
    if (details.answer_check)
        json["client_cost"]["check_answers"] = answer_check_json(*details.answer_check);
}

void run_json::put_faults(const RunRecord& record, Json& json) {
    if (!record.details.faults) return;
    const auto& faults = *record.details.faults;
    json["clock"]["zero_monotonic_ns"] = faults.zero_monotonic_ns; // beside the server's clock
    json["faults"] = {{"operator", faults.operator_policy},
                      {"happened", happened_json(faults.happened)},
                      {"keys", keys_json(faults.keys)},
                      {"recovery", recovery_json(record.recovery)}};
}

void run_json::put_merged(const RunRecord& record, Json& json) {
    if (!record.details.merged) return;
    const auto& merged = *record.details.merged;
    const auto common = Json::parse(merged.common_members);
    for (const auto& [name, value] : common.items())
        if (!json.contains(name)) json[name] = value;
    auto& clients = json["clients"] = Json::array();
    for (const auto& part : merged.clients) {
        Json client = {{"run", part.run}, {"part", part.part}};
        client.update(Json::parse(part.own_members));
        clients.push_back(std::move(client));
    }
    json["trust"] = verdict_on_client(record);
}

} // namespace citusbench
