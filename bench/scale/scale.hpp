#pragma once

#include <functional>
#include <string_view>

#include "cluster/local/local_cluster.hpp"

namespace citusbench {

/// Lines about what is being done.
using ScaleLog = std::function<void(std::string_view line)>;

/// Scales a cluster to `workers` workers, and gives each its share of the shards, while clients
/// continue to read and write. If the cluster has as many workers already, it only rebalances the
/// shards, which also finishes an interrupted scaling. No acknowledged write is lost; writes may
/// wait while a shard moves. Throws UsageError where that cannot be done (before anything was
/// touched), RunError, Interrupted (what has moved stays there).
void scale_out(LocalCluster& cluster, int workers, const StopFlag& stop, const ScaleLog& log);

// One scale_<engine>.cpp each: registers the new workers and moves shards.
void spread_citus(LocalCluster& cluster, const StopFlag& stop, const ScaleLog& log);
void spread_fdw(LocalCluster& cluster, const StopFlag& stop, const ScaleLog& log);

} // namespace citusbench
