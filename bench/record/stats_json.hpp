#pragma once

#include <nlohmann/json.hpp>

#include "stats/op_stats.hpp"

namespace citusbench {

/// Counts and histograms without any loss: {"scheduled", "outcomes", "rows", "response",
/// "service"}, where a histogram is {"sum_ns", "min_ns", "max_ns", "buckets": [from_ns, count, …]},
/// or null without samples.
nlohmann::ordered_json to_json(const OpStats& stats);

/// The reverse. Throws nlohmann::json::exception or std::invalid_argument for anything else.
OpStats op_stats_from_json(const nlohmann::ordered_json& json);

} // namespace citusbench
