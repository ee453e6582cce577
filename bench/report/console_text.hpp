#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "record/event.hpp"
#include "record/progress.hpp"
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

} // namespace citusbench
