#include <nlohmann/json.hpp>

#include "observe/cluster_status.hpp"

namespace citusbench {
namespace {

using Json = nlohmann::ordered_json;

template <typename Value>
Json or_null(const std::optional<Value>& value) {
    return value ? Json(*value) : Json();
}

Json node_json(const NodeStatus& node) {
    Json metrics = Json::object();
    for (const auto& [name, value] : node.metrics) metrics[name] = value;
    return {{"name", node.name},
            {"role", node.role},
            {"address", node.address},
            {"entry", node.is_entry},
            {"state", node.state},
            {"active", or_null(node.is_active)},
            {"placements", node.placements},
            {"rows", or_null(node.rows)},
            {"metrics", std::move(metrics)}};
}

Json shard_json(const ShardStatus& shard) {
    Json placements = Json::array();
    for (const auto& placement : shard.placements)
        placements.push_back({{"node", placement.node},
                              {"active", placement.is_active},
                              {"rows", or_null(placement.rows)},
                              {"rows_estimated", placement.is_estimate},
                              {"bytes", or_null(placement.bytes)}});
    return {{"table", shard.table},
            {"kind", shard.kind},
            {"shard", shard.shard},
            {"rows", or_null(shard.rows())},
            {"placements", std::move(placements)}};
}

} // namespace

std::string to_json(const ClusterStatus& status) {
    Json json = {{"version", 1},
                 {"healthy", status.is_healthy()},
                 {"reasons", status.reasons},
                 {"topology", status.topology},
                 {"engine", std::string(name_of(status.engine))},
                 {"replication", status.replication},
                 {"workload", status.workload.empty() ? Json() : Json(status.workload)}};
    json["nodes"] = Json::array();
    for (const auto& node : status.nodes) json["nodes"].push_back(node_json(node));
    json["shards"] = Json::array();
    for (const auto& shard : status.shards) json["shards"].push_back(shard_json(shard));
    json["under_replicated"] = Json::array();
    for (const auto* shard : status.under_replicated())
        json["under_replicated"].push_back({{"table", shard->table},
                                            {"shard", shard->shard},
                                            {"active_placements", shard->active_placements()},
                                            {"wanted", status.replication}});
    json["in_doubt"] = Json::array();
    for (const auto& prepared : status.prepared)
        json["in_doubt"].push_back(
            {{"node", prepared.node}, {"gid", prepared.gid}, {"age_s", prepared.age_s}});
    json["patroni_members"] = Json::array();
    for (const auto& member : status.members)
        json["patroni_members"].push_back({{"node", member.name},
                                           {"group", member.group},
                                           {"role", member.role},
                                           {"state", member.state},
                                           {"timeline", member.timeline},
                                           {"lag_bytes", or_null(member.lag_bytes)}});
    json["back_ends"] = Json::array();
    for (const auto& back_end : status.back_ends)
        json["back_ends"].push_back({{"balancer", back_end.balancer},
                                     {"way", back_end.frontend},
                                     {"node", back_end.server},
                                     {"state", back_end.state},
                                     {"connections", or_null(back_end.connections)}});
    return json.dump(2) + "\n";
}

} // namespace citusbench
