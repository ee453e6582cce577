#pragma once

#include <filesystem>
#include <memory>

#include "record/reporter.hpp"

namespace citusbench {

/// Writes `folder`/run.json: labels, status, failure (null without one), the accounting of each
/// phase with the check of the sum rule, the verification if there was one, then every section of
/// the record that is there. Can be called at any time; an earlier run.json is replaced whole or
/// stays as it was. Throws RunError.
void write_run_json(const RunRecord& record, const std::filesystem::path& folder);

/// Replaces the verification in the run.json of `folder`, which may be of an earlier version; the
/// rest stays. Throws RunError.
void replace_verification(const Verification& verification, const std::filesystem::path& folder);

/// Throws RunError unless `folder` has a run.json whose verification can be replaced.
void check_run_json(const std::filesystem::path& folder);

/// run.json at the end of the run.
std::unique_ptr<Reporter> make_json();

} // namespace citusbench
