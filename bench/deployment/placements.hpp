#pragma once

#include <string>
#include <vector>

#include "cluster/cluster.hpp"
#include "deployment/deployment.hpp"

namespace citusbench {

/// For each shard, counted as ShardMap counts them, the names of the nodes that hold a copy of it.
using Placements = std::vector<std::vector<std::string>>;

/// Where the shards of `table` (unqualified) lie now, as the entry point knows it. Throws RunError.
Placements placements_of(const std::string& table, const DeploymentSpec& deployment,
                         const Cluster& cluster, const StopFlag& stop);

} // namespace citusbench
