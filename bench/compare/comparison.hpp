#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/run_summary.hpp"

namespace citusbench {

/// One value of two or more runs.
struct ComparedValue {
    RowKey key;
    std::string column; ///< one of compared_columns
    std::optional<double> base;
    std::vector<std::optional<double>> values; ///< one per new run
};

/// Runs side by side; the first is the base.
struct Comparison {
    std::string base;
    std::vector<std::string> names;    ///< of the new runs
    std::vector<std::string> notes;    ///< what else differs, a line each
    std::vector<ComparedValue> values; ///< in the base's order; rows it lacks come last
};

/// Refuses runs whose workload, scale, topology or engine differ, with a UsageError that names the
/// difference; with `force` it becomes a note. At least two runs.
Comparison compare_runs(std::span<const RunSummary> runs, bool force);

/// Of `value` against `base`, in percent. Nothing if one is missing or only the base is zero.
std::optional<double> difference_percent(std::optional<double> base, std::optional<double> value);

enum class ComparisonFormat { text, csv, markdown };

/// Text and markdown leave out counts that are zero in every run. CSV has a row for each new run
/// and value, with raw numbers: phase, operation, key_group, entry, metric, base_run, base, run,
/// value, difference_percent.
std::string format_comparison(const Comparison& comparison, ComparisonFormat format);

} // namespace citusbench
