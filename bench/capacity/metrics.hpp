#pragma once

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "capacity/objective.hpp"

namespace citusbench {

/// What can be limited.
struct MetricRegistration {
    Objective::Metric metric;
    std::string_view name;
    double quantile;         ///< of a quantile, else 0
    std::string_view column; ///< of summary.csv; none for the sum of several
};
inline constexpr std::array metrics = {
    MetricRegistration{Objective::Metric::mean, "mean", 0, "response_mean_us"},
    MetricRegistration{Objective::Metric::p50, "p50", 0.5, "response_p50_us"},
    MetricRegistration{Objective::Metric::p90, "p90", 0.9, "response_p90_us"},
    MetricRegistration{Objective::Metric::p95, "p95", 0.95, "response_p95_us"},
    MetricRegistration{Objective::Metric::p99, "p99", 0.99, "response_p99_us"},
    MetricRegistration{Objective::Metric::p999, "p999", 0.999, "response_p999_us"},
    MetricRegistration{Objective::Metric::max, "max", 1, "response_max_us"},
    MetricRegistration{Objective::Metric::failed, "failed", 0, "failed"},
    MetricRegistration{Objective::Metric::unknown, "unknown", 0, "unknown"},
    MetricRegistration{Objective::Metric::skipped, "skipped", 0, "skipped"},
    MetricRegistration{Objective::Metric::errors, "errors", 0, ""},
};

inline const MetricRegistration& registration_of(Objective::Metric metric) {
    return *std::find_if(metrics.begin(), metrics.end(),
                         [&](const auto& registration) { return registration.metric == metric; });
}

/// "read.p99", or "p99" of all.
inline std::string in_scope(const std::string& scope, std::string_view name) {
    return scope == "all" ? std::string(name) : fmt::format("{}.{}", scope, name);
}

} // namespace citusbench
