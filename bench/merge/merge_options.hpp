#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace citusbench {

/// citusbench merge RUN RUN…
struct MergeOptions {
    std::vector<std::filesystem::path> runs;
    std::string results;
    std::string label;
    std::vector<std::string> dsns; ///< where the merged run is verified; none: it is not
    bool help = false;
};

/// Throws UsageError.
MergeOptions parse_merge_options(std::span<const std::string> args);

std::string merge_help();

} // namespace citusbench
