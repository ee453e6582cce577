#include "record/summarize.hpp"

#include <algorithm>

#include "stats/hdr_encoding.hpp"

namespace citusbench {
namespace {

double to_us(std::uint64_t ns) {
    return static_cast<double>(ns) / 1e3;
}

bool takes(OperationFilter filter, const OperationInfo& operation) {
    return filter == OperationFilter::all ||
           operation.is_write == (filter == OperationFilter::write);
}

std::optional<TimelineRow::Latency> interval_latency(const Histogram& histogram) {
    if (histogram.empty()) return std::nullopt;
    return TimelineRow::Latency{to_us(histogram.quantile(0.5)), to_us(histogram.quantile(0.99)),
                                to_us(histogram.max())};
}

bool was_scheduled(const RunRecord& record, std::size_t kind) {
    return std::any_of(record.phases.begin(), record.phases.end(), [&](const PhaseTotals& phase) {
        return kind < phase.operations.size() && phase.operations[kind].scheduled > 0;
    });
}

SummaryRow summary_row(const PhaseTotals& phase, SummaryRow::Kind kind, std::string operation,
                       const OpStats& stats) {
    const auto ok = index_of(Outcome::ok);
    SummaryRow row;
    row.kind = kind;
    row.phase = phase.name;
    row.operation = std::move(operation);
    row.phase_s = phase.seconds();
    row.scheduled = stats.scheduled;
    row.ok = stats.count(Outcome::ok);
    row.failed = stats.count(Outcome::failed);
    row.unknown = stats.count(Outcome::unknown);
    row.skipped = stats.count(Outcome::skipped);
    if (row.phase_s > 0) row.ok_per_s = static_cast<double>(row.ok) / row.phase_s;
    row.response = summarize(stats.response[ok]);
    row.service = summarize(stats.service[ok]);
    return row;
}

} // namespace

OpStats sum(std::span<const OpStats> by_kind, std::span<const OperationInfo> operations,
            OperationFilter filter) {
    OpStats result;
    const auto kinds = std::min(by_kind.size(), operations.size());
    for (std::size_t kind = 0; kind < kinds; ++kind)
        if (takes(filter, operations[kind])) result.merge(by_kind[kind]);
    return result;
}

OpStats sum(const PhaseTotals& phase, std::span<const OperationInfo> operations,
            OperationFilter filter) {
    return sum(phase.operations, operations, filter);
}

std::optional<LatencySummary> summarize(const Histogram& histogram) {
    if (histogram.empty()) return std::nullopt;
    const auto quantile_us = [&](double q) { return to_us(histogram.quantile(q)); };
    return LatencySummary{histogram.mean() / 1e3, quantile_us(0.5),  quantile_us(0.9),
                          quantile_us(0.95),      quantile_us(0.99), quantile_us(0.999),
                          to_us(histogram.max())};
}

TimelineRow timeline_row(double elapsed_s, std::string phase, std::string operation,
                         const OpStats& stats) {
    const auto ok = index_of(Outcome::ok);
    TimelineRow row;
    row.elapsed_s = elapsed_s;
    row.phase = std::move(phase);
    row.operation = std::move(operation);
    row.scheduled = stats.scheduled;
    row.ok = stats.count(Outcome::ok);
    row.failed = stats.count(Outcome::failed);
    row.unknown = stats.count(Outcome::unknown);
    row.skipped = stats.count(Outcome::skipped);
    row.response = interval_latency(stats.response[ok]);
    row.service = interval_latency(stats.service[ok]);
    return row;
}

void add_timeline_rows(const TimelineKey& key, std::span<const OperationInfo> operations,
                       std::span<const OpStats> stats, std::vector<TimelineRow>& timeline) {
    const auto add = [&](const std::string& operation, const OpStats& counts) {
        auto row = timeline_row(key.elapsed_s, key.phase, operation, counts);
        row.key_group = key.key_group;
        row.entry = key.entry;
        timeline.push_back(std::move(row));
    };
    OpStats all;
    for (std::size_t i = 0; i < stats.size(); ++i) {
        if (stats[i].scheduled == 0) continue;
        all.merge(stats[i]);
        add(operations[i].name, stats[i]);
    }
    add("all", all);
}

void add_logged_intervals(double elapsed_s, double length_s, std::span<const OpStats> stats,
                          std::vector<LoggedInterval>& log) {
    for (std::size_t i = 0; i < stats.size(); ++i) {
        const auto& times = stats[i].response[index_of(Outcome::ok)];
        if (times.empty()) continue;
        log.push_back(
            {i, elapsed_s, length_s, static_cast<double>(times.max()) / 1e6, hdr_encoding(times)});
    }
}

std::vector<SummaryRow> summary_rows(const RunRecord& record) {
    const auto& operations = record.operations;
    std::vector<bool> used;
    bool any_read = false;
    bool any_write = false;
    for (std::size_t kind = 0; kind < operations.size(); ++kind) {
        used.push_back(was_scheduled(record, kind));
        if (used[kind]) (operations[kind].is_write ? any_write : any_read) = true;
    }
    std::vector<SummaryRow> rows;
    const auto add = [&](const PhaseTotals& phase, const char* key_group, const std::string& entry,
                         std::span<const OpStats> by_kind) {
        if (by_kind.empty()) return;
        using Kind = SummaryRow::Kind;
        const auto first = rows.size();
        const auto add_sum = [&](Kind kind, const char* name, OperationFilter filter) {
            rows.push_back(summary_row(phase, kind, name, sum(by_kind, operations, filter)));
        };
        add_sum(Kind::all, "all", OperationFilter::all);
        if (any_read) add_sum(Kind::read, "read", OperationFilter::read);
        if (any_write) add_sum(Kind::write, "write", OperationFilter::write);
        for (std::size_t kind = 0; kind < std::min(used.size(), by_kind.size()); ++kind) {
            if (!used[kind]) continue;
            rows.push_back(
                summary_row(phase, Kind::operation, operations[kind].name, by_kind[kind]));
            rows.back().is_write = operations[kind].is_write;
        }
        for (auto i = first; i < rows.size(); ++i) {
            rows[i].key_group = key_group;
            rows[i].entry = entry;
        }
    };
    for (const auto& phase : record.phases) {
        if (phase.name == warmup_phase) continue;
        const auto add_groups = [&](const std::string& entry, const auto& totals) {
            add(phase, "all", entry, totals.operations);
            add(phase, "affected", entry, totals.affected);
            add(phase, "unaffected", entry, totals.unaffected);
        };
        add_groups("all", phase);
        for (const auto& totals : phase.by_entry) add_groups(totals.entry, totals);
    }
    return rows;
}

} // namespace citusbench
