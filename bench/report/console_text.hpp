#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "record/reporter.hpp"
#include "record/run_record.hpp"

namespace citusbench {

/// What the console shows, as pure functions.

/// "[12/60 s] before  5,123 ok/s  p50 1.23 ms  p99 12.3 ms  failed 0  unknown 0  skipped 0"
std::string progress_text(const Progress& progress);

/// "[20.1 s] fault_confirmed worker2: the process is gone"
std::string event_text(const Event& event);

/// The first `width` columns of a UTF-8 text.
std::string cut_to_width(std::string_view text, std::size_t width);

/// The summary at the end, about 100 columns wide: what ran, a table of phases and operations, what
/// happened in words, and where the results are (`folder`; empty when they could not be saved).
std::string summary_text(const RunRecord& record, const std::filesystem::path& folder,
                         bool with_colors);

/// What the faults of a run did to reads and writes, on the keys they touched and on the others: a
/// table for people. Several faults of a run show as "median (min–max)". Empty without faults.
/// `header_style` is an escape sequence, or empty.
std::string recovery_table(const RunRecord& record, std::size_t width,
                           const std::string& header_style);

} // namespace citusbench
