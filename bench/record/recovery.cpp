#include "record/recovery.hpp"

#include <algorithm>

namespace citusbench {
namespace {

using Metric = std::optional<double> (*)(const RecoveryRow& row);

std::optional<MetricSpread> spread(const std::vector<const RecoveryRow*>& rows, Metric metric) {
    std::vector<double> values;
    for (const auto* row : rows)
        if (const auto value = metric(*row)) values.push_back(*value);
    if (values.empty()) return std::nullopt;
    std::sort(values.begin(), values.end());
    const auto middle = values.size() / 2;
    const auto median =
        values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    return MetricSpread{values.front(), median, values.back(), rows.size() - values.size()};
}

RecoverySummary summarize(const std::vector<const RecoveryRow*>& rows) {
    using Row = const RecoveryRow&;
    RecoverySummary summary;
    summary.operation = rows.front()->operation;
    summary.key_group = rows.front()->key_group;
    summary.faults = rows.size();
    summary.time_to_first_error_ms =
        spread(rows, [](Row row) { return row.time_to_first_error_ms; });
    summary.unavailable_ms = spread(rows, [](Row row) { return row.unavailable_ms; });
    summary.gaps_ms = spread(rows, [](Row row) { return std::optional(row.gaps_ms); });
    summary.time_to_first_ok_ms = spread(rows, [](Row row) { return row.time_to_first_ok_ms; });
    summary.worst_operation_ms = spread(rows, [](Row row) { return row.worst_operation_ms; });
    summary.time_to_baseline_ms = spread(rows, [](Row row) { return row.time_to_baseline_ms; });
    summary.time_to_redundancy_ms = spread(rows, [](Row row) { return row.time_to_redundancy_ms; });
    const auto* worst = *std::max_element(rows.begin(), rows.end(), [](auto* a, auto* b) {
        return a->worst_operation_ms < b->worst_operation_ms;
    });
    summary.worst_operation_censored = worst->worst_operation_censored;
    return summary;
}

} // namespace

std::vector<RecoverySummary> summarize_recovery(const std::vector<RecoveryRow>& rows) {
    std::vector<std::vector<const RecoveryRow*>> groups;
    for (const auto& row : rows) {
        const auto same = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
            return group.front()->operation == row.operation &&
                   group.front()->key_group == row.key_group;
        });
        if (same == groups.end())
            groups.push_back({&row});
        else
            same->push_back(&row);
    }
    std::vector<RecoverySummary> summaries;
    for (const auto& group : groups) summaries.push_back(summarize(group));
    return summaries;
}

} // namespace citusbench
