#pragma once

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "capacity/objective.hpp"

namespace citusbench {

/// What can be limited.
struct MetricEntry {
    Objective::Metric metric;
    std::string_view name;
    double quantile;         ///< of a quantile, else 0
    std::string_view column; ///< of summary.csv; none for the sum of several
};
inline constexpr std::array metrics = {
    MetricEntry{Objective::Metric::mean, "mean", 0, "response_mean_us"},
    MetricEntry{Objective::Metric::p50, "p50", 0.5, "response_p50_us"},
    MetricEntry{Objective::Metric::p90, "p90", 0.9, "response_p90_us"},
    MetricEntry{Objective::Metric::p95, "p95", 0.95, "response_p95_us"},
    MetricEntry{Objective::Metric::p99, "p99", 0.99, "response_p99_us"},
    MetricEntry{Objective::Metric::p999, "p999", 0.999, "response_p999_us"},
    MetricEntry{Objective::Metric::max, "max", 1, "response_max_us"},
    MetricEntry{Objective::Metric::failed, "failed", 0, "failed"},
    MetricEntry{Objective::Metric::unknown, "unknown", 0, "unknown"},
    MetricEntry{Objective::Metric::skipped, "skipped", 0, "skipped"},
    MetricEntry{Objective::Metric::errors, "errors", 0, ""},
};

inline const MetricEntry& entry_of(Objective::Metric metric) {
    return *std::find_if(metrics.begin(), metrics.end(),
                         [&](const auto& entry) { return entry.metric == metric; });
}

/// "read.p99", or "p99" of all.
inline std::string in_scope(const std::string& scope, std::string_view name) {
    return scope == "all" ? std::string(name) : fmt::format("{}.{}", scope, name);
}

} // namespace citusbench
