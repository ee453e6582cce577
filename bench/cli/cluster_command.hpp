#pragma once

#include <span>
#include <string>

#include "core/stop_flag.hpp"
#include "observe/cluster_status.hpp"

namespace citusbench {

/// `citusbench cluster up|status|stop|start|kill|pause|heal|down`: an interactive cluster, outside
/// a run. `args` is what stands after `cluster`. The exit code; throws UsageError, RunError and
/// Interrupted, as main() expects.
int cluster_command(std::span<const std::string> args, const StopFlag& stop);

/// `citusbench cluster discover`: writes a first manifest of an existing cluster. Its exit code.
int discover_command(std::span<const std::string> args, const StopFlag& stop);

/// `citusbench cluster status`, its arguments without these words. 0 if the cluster is healthy,
/// otherwise 1; with --watch as it was at the last look.
int status_command(std::span<const std::string> args, const StopFlag& stop);

/// `cluster status` for people. With `each_shard` a line for each shard, otherwise for each table.
std::string status_text(const ClusterStatus& status, bool each_shard);

} // namespace citusbench
