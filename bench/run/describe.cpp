#include "run/describe.hpp"

#include <sys/resource.h>
#include <sys/utsname.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "core/quantity.hpp"
#include "core/sql_text.hpp"
#include "core/version.hpp"
#include "pg/client.hpp"
#include "service/patroni_timing.hpp"

namespace citusbench {
namespace {

using Json = nlohmann::ordered_json;

std::string utc(std::int64_t unix_us) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z",
                       fmt::gmtime(static_cast<std::time_t>(unix_us / 1'000'000)));
}

std::string value_after(const char* file, std::string_view key) {
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
        if (!line.starts_with(key)) continue;
        const auto at = line.find_first_not_of(" \t", line.find(':') + 1);
        return at == std::string::npos ? std::string() : line.substr(at);
    }
    return {};
}

Json machine() {
    utsname name{};
    uname(&name);
    return {{"cpu", value_after("/proc/cpuinfo", "model name")},
            {"cores", std::thread::hardware_concurrency()},
            {"memory", value_after("/proc/meminfo", "MemTotal")},
            {"kernel", fmt::format("{} {}", name.sysname, name.release)},
            {"architecture", name.machine}};
}

Json plan_json(const Plan& plan) {
    Json faults = Json::array();
    for (const auto& fault : plan.faults) faults.push_back(fault.to_string());
    const bool poisson = std::holds_alternative<Poisson>(plan.arrival);
    Json json = {{"threads", plan.threads},
                 {"arrival", !is_open(plan.arrival) ? "closed"
                             : poisson              ? "poisson"
                                                    : "constant"},
                 {"warmup", duration_option(plan.warmup)},
                 {"timeout", duration_option(plan.timeout)},
                 {"interval", duration_option(plan.interval)},
                 {"protocol", plan.prepared ? "prepared" : "extended"},
                 {"retry", plan.retries},
                 {"check_answers", plan.check_share},
                 {"rest_after_error", duration_option(Nanoseconds(error_backoff))},
                 {"faults", faults}};
    if (plan.faults.empty()) {
        json["duration"] = duration_option(plan.duration);
        return json;
    }
    json["before"] = duration_option(plan.before);
    json["during"] = duration_option(plan.during);
    if (plan.heal) json["after"] = duration_option(plan.after);
    json["heal"] = plan.heal;
    json["operator"] = plan.operator_policy.to_string();
    json["repeat"] = plan.repeat;
    return json;
}

/// What --verify-only makes the run's rows again from, besides the labels.
void put_origin(const Plan& plan, const RunTarget& target, Json& details) {
    auto& options = details["workload_options"] = Json::object();
    for (const auto& [name, text] : plan.workload_options) options[name] = text;
    auto& weights = details["weights"] = Json::object();
    const auto& kinds = plan.workload->operations();
    for (std::size_t i = 0; i < kinds.size(); ++i) weights[kinds[i].name] = plan.weights[i];
    details["deployment"] = {{"engine", std::string(name_of(target.deployment.engine))},
                             {"replication", target.deployment.replication},
                             {"shards", target.deployment.shards},
                             {"clusters", 1 + target.further.size()},
                             {"route", std::string(name_of(plan.route))}};
}

Json pairs(const pg::Result& result) {
    Json json = Json::object();
    for (int row = 0; row < result.rows(); ++row)
        json[std::string(result.text(row, 0))] = std::string(result.text(row, 1));
    return json;
}

Json servers(const RunTarget& target, const StopFlag& stop) {
    Json list = Json::array();
    for (const auto& entry : target.entries) {
        pg::Client client(entry.conninfo.to_string(), stop);
        list.push_back(
            {{"entry", entry.name},
             {"weight", entry.weight},
             {"conninfo", entry.conninfo.masked()},
             {"version", std::string(client.query("select version()").text(0, 0))},
             {"settings", pairs(client.query(std::string(sql_text("marker/server.sql"))))},
             {"extensions", pairs(client.query(std::string(sql_text("marker/extensions.sql"))))}});
    }
    return list;
}

Json nodes(const RunTarget& target) {
    Json list = Json::array();
    if (!target.cluster) return list;
    for (const auto& node : target.cluster->nodes())
        list.push_back({{"name", node.name},
                        {"role", std::string(name_of(node.role))},
                        {"runs", target.cluster->version_of(node)},
                        {"address", fmt::format("{}:{}", node.host, node.port)},
                        {"entry", node.is_entry}});
    return list;
}

std::string protocol_name(pg::CommitProtocol protocol) {
    switch (protocol) {
    case pg::CommitProtocol::two_phase:
        return "two_phase";
    case pg::CommitProtocol::one_phase:
        return "one_phase";
    case pg::CommitProtocol::local:
        return "local";
    }
    return {};
}

} // namespace

RunRecord describe_start(const Plan& plan, const RunTarget& target, const PreparedSchema& schema,
                         pg::CommitProtocol protocol, const std::string& run_name,
                         const StopFlag& stop) {
    RunRecord record;
    record.status = RunStatus::running;
    record.labels = {run_name,
                     std::string(plan.workload->name()),
                     plan.topology,
                     std::string(name_of(target.deployment.engine)),
                     target.deployment.replication,
                     plan.workload->scale(),
                     plan.seed,
                     plan.mix,
                     plan.keys.to_string(),
                     static_cast<int>(plan.connections),
                     static_cast<int>(plan.pipeline),
                     static_cast<int>(plan.batch),
                     plan.rate};
    for (const auto& kind : plan.workload->operations())
        record.operations.push_back({kind.name, kind.is_write});
    record.is_part = plan.slice.is_part();
    auto& details = record.details;
    details["version"] = std::string(version());
    details["git_commit"] = std::string(git_commit());
    details["libpq"] = PQlibVersion();
    details["command_line"] = plan.command_line;
    details["started_at"] = utc(schema.identity.run_time_us);
    details["run_number"] = schema.identity.run;
    details["run_time_us"] = schema.identity.run_time_us;
    details["load_time_us"] = schema.identity.load_time_us;
    put_origin(plan, target, details);
    details["plan"] = plan_json(plan);
    if (plan.slice.is_part())
        details["share"] = {{"index", plan.slice.index + 1},
                            {"count", plan.slice.count},
                            {"start_at_us", *plan.start_at_us}};
    details["commit_protocol"] = protocol_name(protocol);
    details["machine"] = machine();
    details["servers"] = servers(target, stop);
    details["nodes"] = nodes(target);
    if (plan.cluster) details["runtime"] = std::string(name_of(plan.cluster->runtime));
    const bool has_patroni = target.cluster && !plan.manifest &&
                             target.cluster->nodes().front().kind == NodeKind::patroni;
    if (has_patroni)
        details["patroni"] = {{"ttl_s", patroni_timing::ttl_s},
                              {"loop_wait_s", patroni_timing::loop_wait_s},
                              {"retry_timeout_s", patroni_timing::retry_timeout_s},
                              {"synchronous_mode", true}};
    if (schema.load_seconds > 0)
        details["load"] = {{"rows", schema.rows_loaded},
                           {"copy_s", schema.load_seconds},
                           {"index_s", schema.index_seconds}};
    return record;
}

void describe_end(const WorkerCost& cost, Ticks cpu, const Canceller::Counts& cancels,
                  const ClientHealth& client_health, RunRecord& record) {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto operations = static_cast<double>(std::max<std::uint64_t>(cost.completed, 1));
    record.details["client_cost"] = {
        {"cpu_us_per_operation", static_cast<double>(cpu) / 1e3 / operations},
        {"cpu_s", to_seconds(cpu)},
        {"peak_rss_kb", usage.ru_maxrss}};
    record.details["trust"] = client_health.to_json();
    record.warnings = client_health.warnings();
    record.client = client_health.summary();
    record.details["client_events"] = {
        {"rests_after_error", cost.backoffs},     {"retries", cost.retries},
        {"reconnects", cost.reconnects},          {"notices", cost.notices},
        {"cancels_requested", cancels.requested}, {"cancels_delivered", cancels.delivered},
        {"cancels_dropped", cancels.dropped}};
    Json returned = Json::object();
    for (std::size_t i = 0; i < record.operations.size(); ++i) {
        std::uint64_t sum = 0;
        for (const auto& phase : record.phases) sum += phase.operations[i].rows;
        if (sum > 0) returned[record.operations[i].name] = sum;
    }
    record.details["rows_returned"] = returned;
}

namespace {

Json seconds(Ticks at, Ticks zero) {
    if (at == never) return {};
    return to_seconds(at - zero);
}

Json spread_json(const std::optional<MetricSpread>& metric) {
    if (!metric) return {};
    return {{"min", metric->min},
            {"median", metric->median},
            {"max", metric->max},
            {"missing", metric->missing}};
}

} // namespace

void describe_faults(const FaultSummary& summary, RunRecord& record) {
    if (summary.outages.empty()) return;
    Json faults = Json::array();
    for (const auto& outage : summary.outages)
        faults.push_back({{"kind", outage.kind},
                          {"nodes", outage.nodes},
                          {"injected_s", seconds(outage.injected, summary.zero)},
                          {"confirmed_s", seconds(outage.confirmed, summary.zero)},
                          {"disabled_s", seconds(outage.disabled, summary.zero)},
                          {"heal_started_s", seconds(outage.heal_started, summary.zero)},
                          {"healed_s", seconds(outage.healed, summary.zero)},
                          {"redundant_s", seconds(outage.redundant, summary.zero)},
                          {"operator_trouble", outage.error}});
    Json keys = Json::array();
    for (const auto& each : summary.keys)
        keys.push_back({{"fault", each.fault},
                        {"operation", each.writes ? "write" : "read"},
                        {"affected_share", each.affected_share},
                        {"out_of_service_share", each.keys_share},
                        {"longest_ms", each.max_ms}});
    Json recovery = Json::array();
    for (const auto& row : summarize_recovery(record.recovery))
        recovery.push_back({{"operation", row.operation},
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
    record.details["clock"] = {{"zero_monotonic_ns", summary.zero}};
    record.details["faults"] = {
        {"operator", summary.policy}, {"happened", faults}, {"keys", keys}, {"recovery", recovery}};
}

} // namespace citusbench
