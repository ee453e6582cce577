#pragma once

#include <filesystem>
#include <memory>
#include <span>

#include "record/reporter.hpp"
#include "report/results_folder.hpp"

namespace citusbench {

/// Calls finish() of all reporters and returns the folder's final place. Those that write files
/// come first; when one of them or the renaming fails, a line on standard error says so and all is
/// written once more to ResultsFolder::fall_back(). If that fails too, the other reporters (the
/// console) still get the record, and RunError is thrown.
std::filesystem::path save(const RunRecord& record, ResultsFolder& folder,
                           std::span<const std::unique_ptr<Reporter>> reporters);

} // namespace citusbench
