#pragma once

#include <filesystem>
#include <memory>

#include <nlohmann/json.hpp>

#include "record/reporter.hpp"

namespace citusbench {

/// Writes `folder`/run.json: labels, status, failure (null without one), the accounting of each
/// phase with the check of the sum rule, the verification if there was one, then the members of
/// RunRecord::details (one that has the name of a member before it is left out). Can be called at
/// any time; an earlier run.json is replaced whole or stays as it was. Throws RunError.
void write_run_json(const RunRecord& record, const std::filesystem::path& folder);

/// Replaces the file whole or leaves it as it was. Throws RunError.
void write_json_file(const nlohmann::ordered_json& json, const std::filesystem::path& path);

/// run.json at the end of the run.
std::unique_ptr<Reporter> make_json();

} // namespace citusbench
