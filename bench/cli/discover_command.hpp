#pragma once

#include <span>
#include <string>

#include "core/stop_flag.hpp"

namespace citusbench {

/// `citusbench cluster discover`: writes a first manifest of an existing cluster. Its exit code.
int discover_command(std::span<const std::string> args, const StopFlag& stop);

} // namespace citusbench
