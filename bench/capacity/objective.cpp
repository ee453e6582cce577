#include "capacity/objective.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantity.hpp"

namespace citusbench {
namespace {

using Metric = Objective::Metric;

std::uint64_t not_ok(const OpStats& stats) {
    return stats.completed() - stats.count(Outcome::ok);
}

std::uint64_t bad_count(Metric metric, const OpStats& stats) {
    switch (metric) {
    case Metric::failed:
        return stats.count(Outcome::failed);
    case Metric::unknown:
        return stats.count(Outcome::unknown);
    case Metric::skipped:
        return stats.count(Outcome::skipped);
    default:
        return not_ok(stats);
    }
}

/// µs that all operations took together; one that was not ok took the timeout at least.
double total_us(const OpStats& stats, Ticks timeout) {
    double total = 0;
    for (std::size_t i = 0; i < outcome_count; ++i) {
        const auto& response = stats.response[i];
        if (response.empty()) continue;
        const auto mean = i == index_of(Outcome::ok)
                              ? response.mean()
                              : std::max(response.mean(), static_cast<double>(timeout));
        total += mean / 1e3 * static_cast<double>(response.count());
    }
    return total;
}

std::optional<double> latency_of(Metric metric, const OpStats& stats, Ticks timeout) {
    const auto all = static_cast<double>(stats.completed());
    if (all == 0) return std::nullopt;
    if (metric == Metric::mean) return total_us(stats, timeout) / all;
    const auto& ok = stats.response[index_of(Outcome::ok)];
    const auto quantile = registration_of(metric).quantile;
    // Operations that were not ok rank above all that were.
    const auto rank = std::ceil(quantile * all);
    if (rank > static_cast<double>(ok.count())) return std::nullopt;
    return static_cast<double>(ok.quantile(rank / static_cast<double>(ok.count()))) / 1e3;
}

std::uint64_t slow_count(double limit_us, const OpStats& stats) {
    const auto& ok = stats.response[index_of(Outcome::ok)];
    return not_ok(stats) + ok.count_above(static_cast<std::uint64_t>(limit_us * 1e3));
}

struct Column {
    std::string scope;
    Metric metric;
};

/// One of `errors` is three of summary.csv.
std::vector<Column> columns_of(const std::vector<Objective>& objectives) {
    std::vector<Column> columns;
    const auto add = [&](const std::string& scope, Metric metric) {
        if (std::none_of(columns.begin(), columns.end(), [&](const Column& column) {
                return column.scope == scope && column.metric == metric;
            }))
            columns.push_back({scope, metric});
    };
    for (const auto& objective : objectives) {
        if (objective.metric != Metric::errors) {
            add(objective.scope, objective.metric);
            continue;
        }
        for (const auto metric : {Metric::failed, Metric::unknown, Metric::skipped})
            add(objective.scope, metric);
    }
    return columns;
}

} // namespace

std::string Slo::to_string() const {
    std::vector<std::string_view> texts;
    for (const auto& objective : objectives_) texts.push_back(objective.text);
    return fmt::format("{}", fmt::join(texts, ","));
}

OpStats Slo::stats_of(const std::string& scope, const Measured& measured) const {
    OpStats sum;
    for (std::size_t i = 0; i < std::min(operations_.size(), measured.by_kind.size()); ++i)
        if (scope == "all" || scope == operations_[i].name ||
            scope == (operations_[i].is_write ? "write" : "read"))
            sum.merge(measured.by_kind[i]);
    return sum;
}

/// Of the operations of the mix, by their weights.
double Slo::share_of(const std::string& scope) const {
    double all = 0;
    double named = 0;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
        all += weights_[i];
        if (scope == "all" || scope == operations_[i].name ||
            scope == (operations_[i].is_write ? "write" : "read"))
            named += weights_[i];
    }
    return all > 0 ? named / all : 0;
}

Evaluation Slo::evaluate(const Objective& objective, const Measured& measured) const {
    const auto stats = stats_of(objective.scope, measured);
    Evaluation evaluation;
    if (objective.is_latency())
        evaluation.value = latency_of(objective.metric, stats, measured.timeout);
    else if (const auto all = stats.completed(); all > 0)
        evaluation.value =
            static_cast<double>(bad_count(objective.metric, stats)) / static_cast<double>(all);
    // Where nothing was measured, nothing shows that it holds.
    evaluation.held =
        evaluation.value && (objective.inclusive ? *evaluation.value <= objective.limit
                                                 : *evaluation.value < objective.limit);
    return evaluation;
}

double Slo::smallest_share() const {
    double smallest = 1;
    for (const auto& objective : objectives_)
        smallest = std::min(smallest, share_of(objective.scope));
    return smallest;
}

bool Slo::holds(const Measured& measured) const {
    return std::all_of(objectives_.begin(), objectives_.end(), [&](const Objective& objective) {
        return evaluate(objective, measured).held;
    });
}

std::vector<std::string> Slo::missed(const Measured& measured) const {
    std::vector<std::string> texts;
    for (const auto& objective : objectives_) {
        const auto evaluation = evaluate(objective, measured);
        if (evaluation.held) continue;
        texts.push_back(stats_of(objective.scope, measured).completed() == 0
                            ? objective.name() + " not measured"
                            : objective.name() + " " + value_text(objective, evaluation.value));
    }
    return texts;
}

bool Slo::is_lost(const Measured& so_far, double operations) const {
    constexpr double margin = 1.5;
    constexpr double slack = 10;
    return std::any_of(objectives_.begin(), objectives_.end(), [&](const Objective& objective) {
        const auto stats = stats_of(objective.scope, so_far);
        const auto planned = margin * operations * share_of(objective.scope) + slack;
        if (!objective.is_latency())
            return static_cast<double>(bad_count(objective.metric, stats)) >
                   objective.limit * planned + slack;
        if (objective.metric == Metric::mean)
            return total_us(stats, so_far.timeout) > objective.limit * planned;
        const auto allowed = (1 - registration_of(objective.metric).quantile) * planned;
        return static_cast<double>(slow_count(objective.limit, stats)) >
               allowed + (objective.metric == Metric::max ? 0 : slack);
    });
}

std::vector<std::string> Slo::columns() const {
    std::vector<std::string> names;
    for (const auto& column : columns_of(objectives_))
        names.push_back(in_scope(column.scope, registration_of(column.metric).column));
    return names;
}

std::vector<std::optional<double>> Slo::values(const Measured& measured) const {
    std::vector<std::optional<double>> values;
    for (const auto& column : columns_of(objectives_)) {
        const auto stats = stats_of(column.scope, measured);
        if (column.metric <= Metric::max)
            values.push_back(latency_of(column.metric, stats, measured.timeout));
        else
            values.emplace_back(static_cast<double>(bad_count(column.metric, stats)));
    }
    return values;
}

std::string value_text(const Objective& objective, const std::optional<double>& value) {
    if (!value) return "beyond every limit";
    if (objective.is_latency()) return format_duration(Nanoseconds(std::llround(*value * 1e3)));
    const auto percent = *value * 100;
    return fmt::format("{:.{}f} %", percent, percent == 0 ? 0 : percent < 1 ? 2 : 1);
}

} // namespace citusbench
