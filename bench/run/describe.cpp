#include "run/describe.hpp"

#include <sys/resource.h>
#include <sys/utsname.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "core/embedded_files.hpp"
#include "core/enum_names.hpp"
#include "core/quantity.hpp"
#include "core/version.hpp"
#include "pg/client.hpp"
#include "record/summarize.hpp"
#include "service/patroni_timing.hpp"

namespace citusbench {
namespace {

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

MachineInfo machine() {
    utsname name{};
    uname(&name);
    return {value_after("/proc/cpuinfo", "model name"), std::thread::hardware_concurrency(),
            value_after("/proc/meminfo", "MemTotal"),
            fmt::format("{} {}", name.sysname, name.release), name.machine};
}

std::string arrival_name(const Arrival& arrival) {
    if (!is_open(arrival)) return "closed";
    return std::holds_alternative<Poisson>(arrival) ? "poisson" : "constant";
}

PlanSummary summarize_plan(const Plan& plan) {
    PlanSummary summary;
    summary.threads = plan.threads;
    summary.arrival = arrival_name(plan.arrival);
    summary.warmup = plan.warmup ? duration_option(*plan.warmup) : "auto";
    summary.finds_rate = plan.finds_rate;
    summary.timeout = duration_option(Nanoseconds(plan.timeout));
    summary.interval = duration_option(Nanoseconds(plan.interval));
    summary.protocol = plan.prepared ? "prepared" : "extended";
    summary.retries = plan.retries;
    summary.check_answers = plan.check_share;
    summary.error_backoff = duration_option(Nanoseconds(error_backoff));
    for (const auto& fault : plan.faults) summary.faults.push_back(fault.to_string());
    if (plan.faults.empty()) {
        summary.duration = duration_option(plan.duration);
        return summary;
    }
    auto& cycle = summary.cycle.emplace();
    cycle.before = duration_option(plan.before);
    cycle.during = duration_option(plan.during);
    if (plan.heal) cycle.after = duration_option(plan.after);
    cycle.heal = plan.heal;
    cycle.operator_policy = plan.operator_policy.to_string();
    cycle.repeat = plan.repeat;
    return summary;
}

DeploymentInfo deployment_info(const Plan& plan, const RunTarget& target) {
    return {std::string(name_of(target.deployment.engine)), target.deployment.replication,
            target.deployment.shards, 1 + target.further.size(), std::string(name_of(plan.route))};
}

NamedTexts pairs(const pg::Result& result) {
    NamedTexts list;
    for (int row = 0; row < result.rows(); ++row)
        list.emplace_back(result.text(row, 0), result.text(row, 1));
    return list;
}

std::vector<ServerInfo> servers(const RunTarget& target, const StopFlag& stop) {
    std::vector<ServerInfo> list;
    for (const auto& entry : target.entries) {
        pg::Client client(entry.conninfo.to_string(), stop);
        list.push_back({entry.name, entry.weight, entry.conninfo.masked(),
                        std::string(client.query("select version()").text(0, 0)),
                        pairs(client.query(std::string(sql_text("marker/server.sql")))),
                        pairs(client.query(std::string(sql_text("marker/extensions.sql"))))});
    }
    return list;
}

std::vector<NodeInfo> nodes(const RunTarget& target) {
    std::vector<NodeInfo> list;
    if (!target.cluster) return list;
    for (const auto& node : target.cluster->nodes())
        list.push_back({node.name, std::string(name_of(node.role)),
                        target.cluster->version_of(node),
                        fmt::format("{}:{}", node.host, node.port), node.is_entry});
    return list;
}

std::optional<PatroniInfo> patroni_info(const Plan& plan, const RunTarget& target) {
    if (!target.cluster || plan.manifest ||
        target.cluster->nodes().front().kind != NodeKind::patroni)
        return std::nullopt;
    return PatroniInfo{patroni_timing::ttl_s, patroni_timing::loop_wait_s,
                       patroni_timing::retry_timeout_s, true};
}

RunSetup setup_of(const Plan& plan, const RunTarget& target, const PreparedSchema& schema,
                  pg::CommitProtocol protocol, const StopFlag& stop) {
    RunSetup setup;
    setup.build = {std::string(version()), std::string(git_commit()), PQlibVersion()};
    setup.command_line = plan.command_line;
    setup.started_at = utc(schema.identity.run_time_us);
    setup.run_number = schema.identity.run;
    setup.run_time_us = schema.identity.run_time_us;
    setup.load_time_us = schema.identity.load_time_us;
    setup.workload_options.assign(plan.workload_options.begin(), plan.workload_options.end());
    setup.weights = plan.weights;
    setup.deployment = deployment_info(plan, target);
    setup.plan = summarize_plan(plan);
    if (plan.slice.is_part())
        setup.share = {plan.slice.index + 1, plan.slice.count, *plan.start_at_us};
    setup.commit_protocol = name_of(protocol);
    setup.machine = machine();
    setup.servers = servers(target, stop);
    setup.nodes = nodes(target);
    if (plan.cluster) setup.runtime = std::string(name_of(plan.cluster->runtime));
    setup.patroni = patroni_info(plan, target);
    if (schema.load_seconds > 0)
        setup.load = {schema.rows_loaded, schema.load_seconds, schema.index_seconds};
    return setup;
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
                     static_cast<int>(plan.depth),
                     static_cast<int>(plan.batch),
                     plan.rate};
    for (const auto& kind : plan.workload->operations())
        record.operations.push_back({kind.name, kind.is_write});
    record.is_part = plan.slice.is_part();
    record.details.setup = setup_of(plan, target, schema, protocol, stop);
    return record;
}

void describe_end(const WorkerCost& cost, Ticks cpu, const Canceller::Counts& cancels,
                  const ClientHealth& client_health, RunRecord& record) {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto operations = static_cast<double>(std::max<std::uint64_t>(cost.completed, 1));
    std::vector<Histogram> responses;
    for (const auto& phase : record.phases)
        if (phase.name != warmup_phase) responses.push_back(ok_responses(phase.operations));
    record.warnings = client_health.warnings(responses);
    if (const auto& warmup = record.details.warmup; warmup && !warmup->is_steady)
        record.warnings.push_back(
            fmt::format("the load was not steady after a warm-up of {:.0f} s: {}; name a longer "
                        "--warmup",
                        warmup->seconds, warmup->reason));
    record.client = client_health.summary();
    auto& client = record.details.client.emplace();
    client.cost = {static_cast<double>(cpu) / 1e3 / operations, to_seconds(cpu), usage.ru_maxrss};
    client.health = client_health.figures();
    client.events = {cost.backoffs,     cost.retries,      cost.reconnects, cost.notices,
                     cancels.requested, cancels.delivered, cancels.dropped};
    client.rows_returned.resize(record.operations.size());
    for (const auto& phase : record.phases)
        for (std::size_t i = 0; i < record.operations.size(); ++i)
            client.rows_returned[i] += phase.operations[i].rows;
}

void describe_faults(const FaultSummary& summary, RunRecord& record) {
    if (summary.outages.empty()) return;
    const auto seconds = [&](Ticks at) -> std::optional<double> {
        if (at == never) return std::nullopt;
        return to_seconds(at - summary.zero);
    };
    auto& faults = record.details.faults.emplace();
    faults.zero_monotonic_ns = summary.zero;
    faults.operator_policy = summary.policy;
    for (const auto& outage : summary.outages)
        faults.happened.push_back({outage.kind, outage.nodes, seconds(outage.injected),
                                   seconds(outage.confirmed), seconds(outage.disabled),
                                   seconds(outage.heal_started), seconds(outage.healed),
                                   seconds(outage.redundant), outage.error});
    faults.keys = summary.keys;
}

} // namespace citusbench
