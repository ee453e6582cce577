#include "cluster/placements.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cluster/deployment_steps.hpp"
#include "core/sql_text.hpp"
#include "pg/client.hpp"

namespace citusbench {
namespace {

Placements citus_placements(const std::string& table, const DeploymentSpec& deployment,
                            const Cluster& cluster, const StopFlag& stop) {
    pg::Client client(deployment.entry_conninfo, stop);
    const auto found =
        client.query(std::string(sql_text("cluster/citus_placements.sql")), {qualified(table)});
    Placements placements;
    for (int row = 0; row < found.rows(); ++row) {
        const auto shard = static_cast<std::size_t>(found.integer(row, 0));
        const auto port = found.integer(row, 1);
        const auto& nodes = cluster.nodes();
        const auto node = std::find_if(nodes.begin(), nodes.end(),
                                       [&](const Node& each) { return each.port == port; });
        if (node == nodes.end())
            throw RunError(fmt::format("a shard of {} lies on port {}, where the cluster has no "
                                       "node",
                                       qualified(table), port));
        if (placements.size() <= shard) placements.resize(shard + 1);
        placements[shard].push_back(node->name);
    }
    return placements;
}

} // namespace

Placements placements_of(const std::string& table, const DeploymentSpec& deployment,
                         const Cluster& cluster, const StopFlag& stop) {
    if (deployment.engine == Engine::citus)
        return citus_placements(table, deployment, cluster, stop);
    if (deployment.engine == Engine::postgres) return {{cluster.nodes().front().name}};
    Placements placements;
    for (int shard = 0; shard < deployment.shards; ++shard)
        placements.push_back(
            {deployment.workers[static_cast<std::size_t>(shard) % deployment.workers.size()].name});
    return placements;
}

} // namespace citusbench
