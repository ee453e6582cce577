#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stats/op_stats.hpp"

namespace citusbench {

/// Counts and histograms without any loss, as a JSON array of {"scheduled", "outcomes", "rows",
/// "response", "service"}, where a histogram is {"sum_ns", "min_ns", "max_ns", "buckets": [from_ns,
/// count, …]}, or null without samples.
std::string stats_to_json(const std::vector<OpStats>& operations);

/// The reverse. Throws std::invalid_argument for anything else.
std::vector<OpStats> stats_from_json(std::string_view text);

} // namespace citusbench
