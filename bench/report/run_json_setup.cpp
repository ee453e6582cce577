#include <nlohmann/json.hpp>

#include "report/run_json.hpp"

namespace citusbench {
namespace {

using Json = nlohmann::ordered_json;

Json object_of(const NamedTexts& pairs) {
    Json json = Json::object();
    for (const auto& [name, text] : pairs) json[name] = text;
    return json;
}

Json weights_json(const RunSetup& setup, const std::vector<OperationInfo>& operations) {
    Json json = Json::object();
    for (std::size_t i = 0; i < operations.size(); ++i)
        json[operations[i].name] = setup.weights.at(i);
    return json;
}

Json deployment_json(const DeploymentInfo& deployment) {
    return {{"engine", deployment.engine},
            {"replication", deployment.replication},
            {"shards", deployment.shards},
            {"clusters", deployment.clusters},
            {"route", deployment.route}};
}

Json plan_json(const PlanSummary& plan) {
    Json json = {{"threads", plan.threads},
                 {"arrival", plan.arrival},
                 {"rate", plan.finds_rate ? Json("auto") : Json()},
                 {"warmup", plan.warmup},
                 {"timeout", plan.timeout},
                 {"interval", plan.interval},
                 {"protocol", plan.protocol},
                 {"retry", plan.retries},
                 {"check_answers", plan.check_answers},
                 {"rest_after_error", plan.error_backoff},
                 {"faults", plan.faults}};
    if (!plan.cycle) {
        json["duration"] = plan.duration;
        return json;
    }
    json["before"] = plan.cycle->before;
    json["during"] = plan.cycle->during;
    if (plan.cycle->after) json["after"] = *plan.cycle->after;
    json["heal"] = plan.cycle->heal;
    json["operator"] = plan.cycle->operator_policy;
    json["repeat"] = plan.cycle->repeat;
    return json;
}

Json machine_json(const MachineInfo& machine) {
    return {{"cpu", machine.cpu},
            {"cores", machine.cores},
            {"memory", machine.memory},
            {"kernel", machine.kernel},
            {"architecture", machine.architecture}};
}

Json servers_json(const std::vector<ServerInfo>& servers) {
    Json list = Json::array();
    for (const auto& server : servers)
        list.push_back({{"entry", server.entry},
                        {"weight", server.weight},
                        {"conninfo", server.conninfo},
                        {"version", server.version},
                        {"settings", object_of(server.settings)},
                        {"extensions", object_of(server.extensions)}});
    return list;
}

Json nodes_json(const std::vector<NodeInfo>& nodes) {
    Json list = Json::array();
    for (const auto& node : nodes)
        list.push_back({{"name", node.name},
                        {"role", node.role},
                        {"runs", node.runs},
                        {"address", node.address},
                        {"entry", node.is_entry}});
    return list;
}

Json warmup_json(const WarmUpInfo& warmup) {
    Json json = {{"mode", warmup.is_automatic ? "auto" : "time"}, {"seconds", warmup.seconds}};
    if (warmup.is_automatic) json["steady"] = warmup.is_steady;
    if (!warmup.reason.empty()) json["reason"] = warmup.reason;
    if (!warmup.rate) return json;
    json["closed_loop_ok_per_s"] = *warmup.closed_loop_ok_per_s;
    json["rate"] = *warmup.rate;
    return json;
}

void put_own_cluster(const RunSetup& setup, Json& json) {
    if (setup.runtime) json["runtime"] = *setup.runtime;
    if (setup.patroni)
        json["patroni"] = {{"ttl_s", setup.patroni->ttl_s},
                           {"loop_wait_s", setup.patroni->loop_wait_s},
                           {"retry_timeout_s", setup.patroni->retry_timeout_s},
                           {"synchronous_mode", setup.patroni->synchronous_mode}};
    if (setup.load)
        json["load"] = {{"rows", setup.load->rows},
                        {"copy_s", setup.load->copy_s},
                        {"index_s", setup.load->index_s}};
}

} // namespace

void run_json::put_setup(const RunRecord& record, Json& json) {
    const auto& details = record.details;
    if (details.setup) {
        const auto& setup = *details.setup;
        json["version"] = setup.build.version;
        json["git_commit"] = setup.build.git_commit;
        json["libpq"] = setup.build.libpq;
        json["command_line"] = setup.command_line;
        json["started_at"] = setup.started_at;
        json["run_number"] = setup.run_number;
        json["run_time_us"] = setup.run_time_us;
        json["load_time_us"] = setup.load_time_us;
        json["workload_options"] = object_of(setup.workload_options);
        json["weights"] = weights_json(setup, record.operations);
        json["deployment"] = deployment_json(setup.deployment);
        json["plan"] = plan_json(setup.plan);
        if (setup.share)
            json["share"] = {{"index", setup.share->index},
                             {"count", setup.share->count},
                             {"start_at_us", setup.share->start_at_us}};
        json["commit_protocol"] = setup.commit_protocol;
        json["machine"] = machine_json(setup.machine);
        json["servers"] = servers_json(setup.servers);
        json["nodes"] = nodes_json(setup.nodes);
        put_own_cluster(setup, json);
    }
    if (details.warmup) json["warmup"] = warmup_json(*details.warmup);
    if (details.server_clock)
        json["clock"] = {{"server_offset_us", details.server_clock->offset_us},
                         {"round_trip_us", details.server_clock->round_trip_us}};
}

} // namespace citusbench
