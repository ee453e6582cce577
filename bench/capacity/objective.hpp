#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "record/run_record.hpp"
#include "stats/op_stats.hpp"

namespace citusbench {

/// One term of --slo: "p99<20ms", "failed<=0.1%", "read.p95<5ms", "post.max<1s".
struct Objective {
    enum class Metric { mean, p50, p90, p95, p99, p999, max, failed, unknown, skipped, errors };

    std::string text; ///< as given, without blanks
    std::string scope = "all";
    Metric metric = Metric::p99;
    bool inclusive = false; ///< <= instead of <
    double limit = 0;       ///< µs of response time, or a share from 0 to 1

    bool is_latency() const { return metric <= Metric::max; }
    /// "p99", "read.p99", "failed": what is limited.
    std::string name() const;
};

/// What a probe measured against one objective.
struct Evaluation {
    std::optional<double> value; ///< µs or share; none: no samples, or beyond every limit
    bool held = false;
};

/// The counts of one phase, by operation kind, over which objectives are evaluated.
struct Measured {
    std::span<const OpStats> by_kind;
    Ticks timeout = 0; ///< of an operation
};

/// --slo: all objectives together. They are evaluated over response times, which count from the
/// intended start. An operation that is not ok is slower than any limit; in a mean it counts as the
/// timeout, or as the time it took, if that is longer.
class Slo {
  public:
    /// `weights`: of the mix, by operation. Throws std::invalid_argument that says what is wrong
    /// with the text and how to write it.
    static Slo parse(std::string_view text, std::span<const OperationInfo> operations,
                     std::span<const double> weights);

    const std::vector<Objective>& objectives() const { return objectives_; }
    std::string to_string() const;

    Evaluation evaluate(const Objective& objective, const Measured& measured) const;
    bool holds(const Measured& measured) const;
    /// The missed objectives in words: "p99 31.2 ms", "failed 2.1 %"; empty if all were met.
    std::vector<std::string> missed(const Measured& measured) const;
    /// Whether an objective is certain to be missed when `operations` are scheduled in all. On the
    /// safe side: the number of Poisson arrivals is not known before.
    bool is_lost(const Measured& so_far, double operations) const;

    /// The smallest share of the operations over which an objective is evaluated.
    double smallest_share() const;

    /// The columns of summary.csv that the objectives name, with the scope before a point unless it
    /// is `all`: "response_p99_us", "failed", "read.response_p95_us". Each once.
    std::vector<std::string> columns() const;
    /// Their values: latencies as they are evaluated (none where the quantile falls among
    /// operations that were not ok), counts as in summary.csv.
    std::vector<std::optional<double>> values(const Measured& measured) const;

  private:
    OpStats stats_of(const std::string& scope, const Measured& measured) const;
    double share_of(const std::string& scope) const;

    std::vector<Objective> objectives_;
    std::vector<OperationInfo> operations_;
    std::vector<double> weights_;
};

/// "14.2 ms", "0.4 %", "beyond every limit": an evaluated value as people read it.
std::string value_text(const Objective& objective, const std::optional<double>& value);

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
