#pragma once

#include <cstdio>
#include <memory>
#include <string_view>

#include "record/reporter.hpp"

namespace citusbench {

/// --progress: `automatic` overwrites one line on a terminal and is `plain` elsewhere.
enum class ProgressMode { automatic, plain, none };

/// From "auto", "plain" or "none". Throws std::invalid_argument that says what is accepted.
ProgressMode parse_progress_mode(std::string_view text);

struct ConsoleOptions {
    ProgressMode progress = ProgressMode::automatic;
    std::FILE* out = stdout; ///< for the summary
    std::FILE* err = stderr; ///< for progress and events
};

/// A progress line each second and faults as they happen on `err`; the summary on `out`, with
/// colours on a terminal unless NO_COLOR is set. finish() throws RunError when `out` cannot be
/// written.
std::unique_ptr<Reporter> make_console(const ConsoleOptions& options);

} // namespace citusbench
