#include "compare/comparison.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"

namespace citusbench {
namespace {

/// Runs that differ in these measured different things.
constexpr std::array must_agree = {"workload", "scale", "topology", "engine"};
constexpr std::array worth_a_note = {"replication", "seed",     "mix",   "key_distribution",
                                     "connections", "pipeline", "batch", "rate_target"};

std::string shown(const std::string& column, const std::string& value) {
    if (value.empty()) return column == "rate_target" ? "none (closed loop)" : "none";
    return value;
}

std::string difference(const RunSummary& base, const RunSummary& run, const std::string& column) {
    const auto& before = base.labels.at(column);
    const auto& now = run.labels.at(column);
    if (before == now) return {};
    return fmt::format("{} is {} in {}, but {} in {}", column, shown(column, now), run.name,
                       shown(column, before), base.name);
}

void check_comparable(const RunSummary& base, const RunSummary& run, bool force,
                      std::vector<std::string>& notes) {
    for (const auto* column : must_agree) {
        const auto text = difference(base, run, column);
        if (text.empty()) continue;
        if (!force)
            throw UsageError(fmt::format(
                "{}: such runs cannot be compared; use --force to compare them anyway", text));
        notes.push_back(text + " (forced)");
    }
}

void note_differences(const RunSummary& base, const RunSummary& run,
                      std::vector<std::string>& notes) {
    for (const auto* column : worth_a_note)
        if (const auto text = difference(base, run, column); !text.empty()) notes.push_back(text);
}

void note_status(const RunSummary& run, std::vector<std::string>& notes) {
    if (!run.status.empty() && run.status != "complete")
        notes.push_back(fmt::format("{} is marked {}", run.name, run.status));
}

/// The base's keys, then those that only new runs have.
std::vector<RowKey> all_keys(std::span<const RunSummary> runs) {
    std::vector<RowKey> keys;
    for (const auto& run : runs)
        for (const auto& row : run.rows)
            if (std::find(keys.begin(), keys.end(), row.key) == keys.end()) keys.push_back(row.key);
    return keys;
}

} // namespace

std::optional<double> difference_percent(std::optional<double> base, std::optional<double> value) {
    if (!base || !value) return std::nullopt;
    if (*base == 0) return *value == 0 ? std::optional(0.0) : std::nullopt;
    return (*value - *base) / *base * 100;
}

Comparison compare_runs(std::span<const RunSummary> runs, bool force) {
    Comparison result;
    const auto& base = runs.front();
    result.base = base.name;
    note_status(base, result.notes);
    for (const auto& run : runs.subspan(1)) {
        check_comparable(base, run, force, result.notes);
        note_differences(base, run, result.notes);
        note_status(run, result.notes);
        result.names.push_back(run.name);
    }
    for (const auto& key : all_keys(runs)) {
        for (std::size_t i = 0; i < compared_columns.size(); ++i) {
            const auto value_in = [&](const RunSummary& run) {
                const auto* row = run.find(key);
                return row == nullptr ? std::nullopt : row->values[i];
            };
            ComparedValue value{key, std::string(compared_columns[i]), value_in(base), {}};
            for (const auto& run : runs.subspan(1)) value.values.push_back(value_in(run));
            result.values.push_back(std::move(value));
        }
    }
    return result;
}

} // namespace citusbench
