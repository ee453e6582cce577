#pragma once

#include <string>
#include <vector>

#include "cluster/cluster.hpp"
#include "deployment/deployment.hpp"
#include "pg/result.hpp"
#include "topology/node.hpp"

namespace citusbench {

/// One copy of a shard, as the entry point knows it.
struct PlacedShard {
    std::string table;
    std::string shard;    ///< Citus: its id; fdw: the number of the partition
    std::string relation; ///< its name on the node, in the schema citusbench
    std::string host;     ///< empty: the entry point itself, or (Citus) no copy at all
    std::string port;
    bool is_active = true; ///< Citus: the copy and its node are in use
    std::string kind;      ///< "distributed", "reference" (a copy on every node), "local"
};

/// The query for all tables in the schema citusbench, and its answer: by table, then shard,
/// the copies of a shard one after the other.
std::string layout_sql(Engine engine);
std::vector<PlacedShard> read_layout(const pg::Result& result);

/// For each shard, counted as ShardMap counts them, the names of the nodes that hold a copy of it.
using Placements = std::vector<std::vector<std::string>>;

/// Where the shards of `table` (unqualified) lie now, as the entry point knows it. Throws RunError.
Placements placements_of(const std::string& table, const DeploymentSpec& deployment,
                         const Cluster& cluster, const StopFlag& stop);

} // namespace citusbench
