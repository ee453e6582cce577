#pragma once

#include <span>
#include <string>

#include "core/stop_flag.hpp"

namespace citusbench {

/// `citusbench cluster status`, its arguments without these words. 0 if the cluster is healthy,
/// otherwise 1; with --watch as it was at the last look.
int status_command(std::span<const std::string> args, const StopFlag& stop);

} // namespace citusbench
