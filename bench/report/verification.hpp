#pragma once

#include <filesystem>
#include <memory>

#include "record/reporter.hpp"
#include "verify/verification.hpp"

namespace citusbench {

/// Replaces what a run's folder says about its verification: verify.csv and the member of run.json;
/// the rest of run.json stays. Throws RunError.
void rewrite_verification(const Verification& verification, const std::filesystem::path& folder);

/// verify.csv, where the run was verified, and ledger.bin, which lets it be checked again.
std::unique_ptr<Reporter> make_verification();

} // namespace citusbench
