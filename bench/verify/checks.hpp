#pragma once

#include <optional>
#include <string>
#include <vector>

#include "verify/in_doubt.hpp"
#include "verify/replicas.hpp"
#include "verify/scan_history.hpp"
#include "verify/verification.hpp"

namespace citusbench {

/// The results of a verification so far.
struct VerificationResults {
    explicit VerificationResults(const RowVerifier& row_verifier) : history(row_verifier) {}

    ScanHistory history;
    std::optional<LedgerComparison> comparison;
    std::optional<InDoubt> recovery;  ///< of Citus
    std::optional<Replicas> replicas; ///< of Citus
    std::string problem;              ///< what ended it before its end; empty if nothing did
};

/// The rows of verify.csv, with their verdicts and what they mean.
std::vector<Check> make_checks(const RowVerifier& row_verifier, const VerificationTarget& target,
                               const VerificationResults& results);

/// One sentence for a success, or one for each check that failed.
std::vector<std::string> summarize_verification(const RowVerifier& row_verifier,
                                                const VerificationResults& results,
                                                const std::vector<Check>& checks);

} // namespace citusbench
