#pragma once

#include <span>
#include <string>

#include "core/stop_flag.hpp"

namespace citusbench {

/// `citusbench cluster up|status|stop|start|kill|pause|heal|down`: an interactive cluster, outside
/// a run. `args` is what stands after `cluster`. The exit code; throws UsageError, RunError and
/// Interrupted, as main() expects.
int cluster_command(std::span<const std::string> args, const StopFlag& stop);

} // namespace citusbench
