#pragma once

#include <span>
#include <string>

namespace citusbench {

/// `citusbench compare ARGS…`, without those two words. Prints to standard output (notes stand on
/// standard error in CSV) and returns the exit code. Throws UsageError, and RunError when the
/// output cannot be written.
int compare_command(std::span<const std::string> args);

} // namespace citusbench
