#pragma once

#include <filesystem>
#include <memory>

#include <nlohmann/json.hpp>

#include "record/reporter.hpp"
#include "verify/verification.hpp"

namespace citusbench {

/// "verification" of run.json: verdict, whether it holds, the checks with their offenders.
nlohmann::ordered_json verification_json(const Verification& verification);

/// Replaces what a run's folder says about its verification: verify.csv and the member of run.json;
/// the rest of run.json stays. Throws RunError.
void rewrite_verification(const Verification& verification, const std::filesystem::path& folder);

/// verify.csv, where the run was verified, and ledger.bin, which lets it be checked again.
std::unique_ptr<Reporter> make_verification();

} // namespace citusbench
