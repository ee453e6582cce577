#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace citusbench {

/// What identifies a row of summary.csv.
struct RowKey {
    std::string phase;
    std::string operation;
    std::string key_group;
    std::string entry;
    friend bool operator==(const RowKey&, const RowKey&) = default;
};

/// The columns that compare shows, in this order. Values are empty where the cell is.
inline constexpr std::array<std::string_view, 7> compared_columns = {
    "ok_per_s", "response_p50_us", "response_p99_us", "response_p999_us",
    "failed",   "unknown",         "skipped"};

struct ComparedRow {
    RowKey key;
    std::array<std::optional<double>, compared_columns.size()> values;
};

/// One run's summary.csv, checked.
struct RunSummary {
    std::string name; ///< the column `run`
    std::map<std::string, std::string>
        labels;                    ///< column and value, of the columns up to rate_target
    std::vector<ComparedRow> rows; ///< in the file's order
    std::string status;            ///< from run.json beside it; empty where there is none

    /// The row for `key`, or null.
    const ComparedRow* find(const RowKey& key) const;
};

/// Reads a run's folder or its summary.csv. Columns are found by name, and further ones are
/// ignored. Throws UsageError that names file, line and column for a file that cannot be read, a
/// column that is missing, a cell of the wrong type, a row that comes twice, one of another run,
/// and one whose counts break the sum rule.
RunSummary read_run_summary(const std::filesystem::path& run);

} // namespace citusbench
