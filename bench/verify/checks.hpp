#pragma once

#include <optional>
#include <string>
#include <vector>

#include "verify/evidence.hpp"
#include "verify/in_doubt.hpp"
#include "verify/replicas.hpp"
#include "verify/verification.hpp"

namespace citusbench {

/// What a verification found out, as far as it came.
struct Findings {
    explicit Findings(const RowJudge& judge) : evidence(judge) {}

    Evidence evidence;
    std::optional<Tally> tally;
    std::optional<InDoubt> recovery;  ///< of Citus
    std::optional<Replicas> replicas; ///< of Citus
    std::string problem;              ///< what ended it before its end; empty if nothing did
};

/// The rows of verify.csv, with their verdicts and what they mean.
std::vector<Check> make_checks(const RowJudge& judge, const VerifyTarget& target,
                               const Findings& findings);

/// The verdict in a sentence or, where something is wrong, in one for each check that is.
std::vector<std::string> tell_verification(const RowJudge& judge, const Findings& findings,
                                           const std::vector<Check>& checks);

} // namespace citusbench
