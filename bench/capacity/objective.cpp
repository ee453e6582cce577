#include "capacity/objective.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantity.hpp"
#include "record/human_text.hpp"

namespace citusbench {
namespace {

using Metric = Objective::Metric;

struct MetricEntry {
    Metric metric;
    std::string_view name;
    double quantile;         ///< of a quantile, else 0
    std::string_view column; ///< of summary.csv; none for the sum of several
};
constexpr std::array metrics = {
    MetricEntry{Metric::mean, "mean", 0, "response_mean_us"},
    MetricEntry{Metric::p50, "p50", 0.5, "response_p50_us"},
    MetricEntry{Metric::p90, "p90", 0.9, "response_p90_us"},
    MetricEntry{Metric::p95, "p95", 0.95, "response_p95_us"},
    MetricEntry{Metric::p99, "p99", 0.99, "response_p99_us"},
    MetricEntry{Metric::p999, "p999", 0.999, "response_p999_us"},
    MetricEntry{Metric::max, "max", 1, "response_max_us"},
    MetricEntry{Metric::failed, "failed", 0, "failed"},
    MetricEntry{Metric::unknown, "unknown", 0, "unknown"},
    MetricEntry{Metric::skipped, "skipped", 0, "skipped"},
    MetricEntry{Metric::errors, "errors", 0, ""},
};

const MetricEntry& entry_of(Metric metric) {
    return *std::find_if(metrics.begin(), metrics.end(),
                         [&](const auto& entry) { return entry.metric == metric; });
}

constexpr auto example = "write it as p99<20ms,failed<0.1%";

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
    const auto quantile = entry_of(metric).quantile;
    // Those that were not ok stand behind all that were.
    const auto rank = std::ceil(quantile * all);
    if (rank > static_cast<double>(ok.count())) return std::nullopt;
    return static_cast<double>(ok.quantile(rank / static_cast<double>(ok.count()))) / 1e3;
}

std::uint64_t slow_count(double limit_us, const OpStats& stats) {
    const auto& ok = stats.response[index_of(Outcome::ok)];
    return not_ok(stats) + ok.count_above(static_cast<std::uint64_t>(limit_us * 1e3));
}

std::string trimmed(std::string_view text) {
    std::string plain;
    for (const char c : text)
        if (c != ' ' && c != '\t') plain += c;
    return plain;
}

double parse_limit(const Objective& objective, const std::string& value) {
    if (value.empty())
        throw std::invalid_argument(fmt::format("'{}' has no limit; {}", objective.text, example));
    try {
        if (objective.is_latency()) {
            const auto limit = static_cast<double>(parse_duration(value).count()) / 1e3;
            if (limit > 0) return limit;
            throw std::invalid_argument("a response time is limited to more than zero");
        }
        if (value == "off") throw std::invalid_argument("write a share as 0.1% or 0.001");
        const auto share = parse_share(value);
        if (share == 0 && !objective.inclusive)
            throw std::invalid_argument(
                fmt::format("nothing is less than none; write {}<=0%", objective.name()));
        return share;
    } catch (const std::invalid_argument& error) {
        throw std::invalid_argument(fmt::format("'{}': {}", objective.text, error.what()));
    }
}

/// "read.p99" into scope and metric.
void parse_name(std::string name, Objective& objective) {
    constexpr std::string_view dotted = "p99.9";
    if (name.ends_with(dotted)) name = name.substr(0, name.size() - dotted.size()) + "p999";
    if (const auto point = name.rfind('.'); point != std::string::npos) {
        objective.scope = name.substr(0, point);
        name = name.substr(point + 1);
    }
    for (const auto& entry : metrics) {
        if (entry.name != name) continue;
        objective.metric = entry.metric;
        return;
    }
    std::vector<std::string_view> names;
    for (const auto& entry : metrics) names.push_back(entry.name);
    throw std::invalid_argument(fmt::format("'{}': there is no '{}' to limit; take {}",
                                            objective.text, name, fmt::join(names, ", ")));
}

Objective parse_objective(const std::string& text) {
    Objective objective;
    objective.text = text;
    const auto at = text.find_first_of("<>=");
    if (at == std::string::npos || at == 0)
        throw std::invalid_argument(text.empty()
                                        ? fmt::format("an objective is missing; {}", example)
                                        : fmt::format("'{}' is no objective; {}", text, example));
    if (text[at] != '<')
        throw std::invalid_argument(
            fmt::format("'{}': only < and <= are taken; {}", text, example));
    parse_name(text.substr(0, at), objective);
    objective.inclusive = text.substr(at).starts_with("<=");
    objective.limit = parse_limit(objective, text.substr(at + (objective.inclusive ? 2 : 1)));
    return objective;
}

void check_scope(const Objective& objective, std::span<const OperationInfo> operations,
                 std::span<const double> weights) {
    if (objective.scope == "all") return;
    std::vector<std::string> names = {"all", "read", "write"};
    for (std::size_t i = 0; i < operations.size(); ++i) {
        const auto& operation = operations[i];
        names.push_back(operation.name);
        const bool named = operation.name == objective.scope ||
                           objective.scope == (operation.is_write ? "write" : "read");
        if (named && weights[i] > 0) return;
    }
    if (std::find(names.begin(), names.end(), objective.scope) != names.end())
        throw std::invalid_argument(
            fmt::format("'{}': the mix has no {}, so nothing of it is measured; leave it out, or "
                        "give it a weight with --mix",
                        objective.text, objective.scope));
    throw std::invalid_argument(fmt::format("'{}': there is no operation '{}'; take {}",
                                            objective.text, objective.scope,
                                            fmt::join(names, ", ")));
}

std::string in_scope(const std::string& scope, std::string_view name) {
    return scope == "all" ? std::string(name) : fmt::format("{}.{}", scope, name);
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

std::string Objective::name() const {
    return in_scope(scope, entry_of(metric).name);
}

Slo Slo::parse(std::string_view text, std::span<const OperationInfo> operations,
               std::span<const double> weights) {
    Slo slo;
    slo.operations_.assign(operations.begin(), operations.end());
    slo.weights_.assign(weights.begin(), weights.end());
    auto rest = trimmed(text);
    while (true) {
        const auto comma = rest.find(',');
        slo.objectives_.push_back(parse_objective(rest.substr(0, comma)));
        check_scope(slo.objectives_.back(), operations, weights);
        if (comma == std::string::npos) return slo;
        rest = rest.substr(comma + 1);
    }
}

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

Judgement Slo::judge(const Objective& objective, const Measured& measured) const {
    const auto stats = stats_of(objective.scope, measured);
    Judgement judgement;
    if (objective.is_latency())
        judgement.value = latency_of(objective.metric, stats, measured.timeout);
    else if (const auto all = stats.completed(); all > 0)
        judgement.value =
            static_cast<double>(bad_count(objective.metric, stats)) / static_cast<double>(all);
    // Where nothing was measured, nothing shows that it holds.
    judgement.held = judgement.value && (objective.inclusive ? *judgement.value <= objective.limit
                                                             : *judgement.value < objective.limit);
    return judgement;
}

bool Slo::holds(const Measured& measured) const {
    return std::all_of(objectives_.begin(), objectives_.end(),
                       [&](const Objective& objective) { return judge(objective, measured).held; });
}

std::vector<std::string> Slo::missed(const Measured& measured) const {
    std::vector<std::string> texts;
    for (const auto& objective : objectives_) {
        const auto judgement = judge(objective, measured);
        if (judgement.held) continue;
        texts.push_back(stats_of(objective.scope, measured).completed() == 0
                            ? objective.name() + " not measured"
                            : objective.name() + " " + judged_text(objective, judgement.value));
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
        const auto allowed = (1 - entry_of(objective.metric).quantile) * planned;
        return static_cast<double>(slow_count(objective.limit, stats)) >
               allowed + (objective.metric == Metric::max ? 0 : slack);
    });
}

std::vector<std::string> Slo::columns() const {
    std::vector<std::string> names;
    for (const auto& column : columns_of(objectives_))
        names.push_back(in_scope(column.scope, entry_of(column.metric).column));
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

std::string judged_text(const Objective& objective, const std::optional<double>& value) {
    if (!value) return "beyond every limit";
    if (objective.is_latency()) return format_duration(Nanoseconds(std::llround(*value * 1e3)));
    const auto percent = *value * 100;
    return fmt::format("{:.{}f} %", percent, percent == 0 ? 0 : percent < 1 ? 2 : 1);
}

} // namespace citusbench
