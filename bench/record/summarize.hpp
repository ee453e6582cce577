#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "record/run_record.hpp"
#include "stats/op_stats.hpp"

namespace citusbench {

/// Pure functions from a RunRecord's counts to the rows that reports show.

enum class OperationFilter { all, read, write };

/// The operations of the phase that `filter` selects, merged. `operations` are
/// RunRecord::operations.
OpStats sum(const PhaseTotals& phase, std::span<const OperationInfo> operations,
            OperationFilter filter);
OpStats sum(std::span<const OpStats> by_kind, std::span<const OperationInfo> operations,
            OperationFilter filter);

struct LatencySummary {
    double mean_us, p50_us, p90_us, p95_us, p99_us, p999_us, max_us;
};

/// Nothing for an empty histogram: no quantile of zero samples is 0.
std::optional<LatencySummary> summarize(const Histogram& histogram);

/// A row of timeline.csv for what `stats` holds, key_group and entry being `all`.
TimelineRow timeline_row(double elapsed_s, std::string phase, std::string operation,
                         const OpStats& stats);

/// Which rows of timeline.csv belong together.
struct TimelineKey {
    double elapsed_s = 0; ///< start of the interval
    std::string phase;
    std::string key_group = "all";
    std::string entry = "all";
};
/// Adds the rows of one interval: of each operation that was scheduled, then of all. `stats` is by
/// operation.
void add_timeline_rows(const TimelineKey& key, std::span<const OperationInfo> operations,
                       std::span<const OpStats> stats, std::vector<TimelineRow>& timeline);

/// Adds the ok response times of each operation that has any. `stats` is by operation.
void add_logged_intervals(double elapsed_s, double length_s, std::span<const OpStats> stats,
                          std::vector<LoggedInterval>& log);

/// A row of summary.csv apart from the labels; latencies are of ok operations.
struct SummaryRow {
    enum class Kind { all, read, write, operation };
    Kind kind = Kind::all;
    std::string phase;
    std::string operation; ///< "all", "read", "write" or the operation's name
    std::string key_group = "all";
    std::string entry = "all";
    bool is_write = false; ///< of an operation
    double phase_s = 0;
    std::uint64_t scheduled = 0;
    std::uint64_t ok = 0;
    std::uint64_t failed = 0;
    std::uint64_t unknown = 0;
    std::uint64_t skipped = 0;
    std::optional<double> ok_per_s; ///< none for a phase without length
    std::optional<LatencySummary> response;
    std::optional<LatencySummary> service;
};

inline constexpr std::string_view warmup_phase = "warmup";

/// For each phase but the warm-up: all, read, write, then each operation in its order; in runs with
/// faults the same for the affected keys and for the others; and all of that for each entry, where
/// what was counted was counted by entry. Read, write and operations that were
/// never scheduled in the whole run are left out.
std::vector<SummaryRow> summary_rows(const RunRecord& record);

} // namespace citusbench
