#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "record/reporter.hpp"
#include "verify/verification.hpp"

namespace citusbench {

/// summary.csv, timeline.csv, histogram.csv, events.csv and errors.csv (record/columns.hpp). µs
/// have three decimals, which is the clock's nanosecond; lines end with LF.
std::unique_ptr<Reporter> make_csv();

/// Writes latency.hlog: HdrHistogram's interval log, version 1.3, a tag for each operation;
/// response times of ok operations in ns, and Interval_Max in ms as its tools expect.
std::unique_ptr<Reporter> make_hlog();

/// The text of latency.hlog.
std::string hlog_text(const RunRecord& record);

/// Replaces what a run's folder says about its verification: verify.csv and the member of run.json;
/// the rest of run.json stays. Throws RunError.
void rewrite_verification(const Verification& verification, const std::filesystem::path& folder);

/// verify.csv, where the run was verified, and ledger.bin, which lets it be checked again.
std::unique_ptr<Reporter> make_verification();

/// The checks as the console shows them: a few lines where all passed, otherwise each that did not
/// with what it means and its offenders.
std::string verification_text(const Verification& verification, bool with_colors);

/// suite.csv, for the records of `citusbench suite`.
std::unique_ptr<Reporter> make_suite();

/// A line for each operation, and columns for each condition.
std::string suite_table(const SuiteRecord& suite, std::size_t width,
                        const std::string& header_style);

/// capacity.csv, of `citusbench capacity` alone: probe, rate, held, and the columns of summary.csv
/// that the objective names. Latencies are those that were evaluated: an operation that was not ok
/// counts as slower than any limit, so a quantile among such is an empty cell.
std::unique_ptr<Reporter> make_capacity();

/// The probes as a table for people.
std::string capacity_table(const CapacityRecord& capacity, std::size_t width,
                           const std::string& header_style);

/// Writes part.json for a run that is a part of a load (--shard-of): all its counts, histograms,
/// events and errors without loss, for citusbench merge.
std::unique_ptr<Reporter> make_part();

} // namespace citusbench
