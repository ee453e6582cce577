#include "deployment/placements.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/embedded_files.hpp"
#include "deployment/deployment_steps.hpp"
#include "pg/client.hpp"
#include "pg/sql_template.hpp"

namespace citusbench {

std::string layout_sql(Engine engine) {
    return cluster_sql("layout_" + std::string(name_of(engine)));
}

std::vector<PlacedShard> read_layout(const pg::Result& result) {
    std::vector<PlacedShard> layout;
    for (int row = 0; row < result.rows(); ++row) {
        const auto text = [&](int column) { return std::string(result.text(row, column)); };
        layout.push_back({text(0), text(1), text(2), text(3), text(4), text(5) == "t", text(6)});
    }
    return layout;
}

namespace {

/// The name of the shard holder at this address, which is the one that other nodes use: a worker,
/// or a group of them under the name of its first member. Empty if there is none. Nodes that
/// citusbench started differ by their ports.
std::string holder_at(std::string_view host, std::int64_t port, const DeploymentSpec& deployment,
                      const Cluster& cluster) {
    std::vector<const Node*> there;
    for (const auto* nodes : {&deployment.workers, &cluster.nodes()}) {
        for (const auto& node : *nodes)
            if (node.port == port) there.push_back(&node);
        if (there.size() == 1) return there.front()->name;
    }
    for (const auto* node : there)
        if (node->host == host || node->host_for_nodes() == host) return node->name;
    return {};
}

Placements citus_placements(const std::string& table, const DeploymentSpec& deployment,
                            const Cluster& cluster, const StopFlag& stop) {
    pg::Client client(deployment.entry_conninfo, stop);
    const auto found =
        client.query(std::string(sql_text("cluster/citus_placements.sql")), {qualified(table)});
    Placements placements;
    for (int row = 0; row < found.rows(); ++row) {
        const auto shard = static_cast<std::size_t>(found.integer(row, 0));
        const auto name = holder_at(found.text(row, 1), found.integer(row, 2), deployment, cluster);
        if (name.empty())
            throw RunError(fmt::format("a shard of {} lies at {}:{}, where the cluster has no node",
                                       qualified(table), found.text(row, 1), found.text(row, 2)));
        if (placements.size() <= shard) placements.resize(shard + 1);
        placements[shard].push_back(name);
    }
    return placements;
}

Placements fdw_placements(const std::string& table, const DeploymentSpec& deployment,
                          const Cluster& cluster, const StopFlag& stop) {
    pg::Client client(deployment.entry_conninfo, stop);
    Placements placements(static_cast<std::size_t>(deployment.shards));
    for (const auto& placed : read_layout(client.query(layout_sql(Engine::fdw)))) {
        if (placed.table != table) continue;
        const auto name = holder_at(placed.host, std::stoi(placed.port), deployment, cluster);
        if (name.empty()) continue;
        placements.at(static_cast<std::size_t>(std::stoi(placed.shard))).push_back(name);
    }
    return placements;
}

} // namespace

Placements placements_of(const std::string& table, const DeploymentSpec& deployment,
                         const Cluster& cluster, const StopFlag& stop) {
    if (deployment.engine == Engine::citus)
        return citus_placements(table, deployment, cluster, stop);
    if (deployment.engine == Engine::postgres) return {{cluster.nodes().front().name}};
    return fdw_placements(table, deployment, cluster, stop);
}

} // namespace citusbench
