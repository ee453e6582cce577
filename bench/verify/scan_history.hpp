#pragma once

#include <string>
#include <vector>

#include "core/stop_flag.hpp"
#include "verify/row_verifier.hpp"

namespace citusbench {

/// The combined results of several scans of the tables: through each entry point, before recovery
/// and (the last round) after it. A row is there if any scan of the last round saw it, and was not
/// visible if some finished scan of any round did not.
class ScanHistory {
  public:
    explicit ScanHistory(const RowVerifier& row_verifier);

    void begin_round();
    /// Offenders seen through two entry points are counted once.
    void add(ScanResult result);

    const ScanResult& last() const { return last_; }
    const ScanResult& always() const { return always_; }
    /// Why scans of the last round could not be finished.
    const std::vector<std::string>& problems() const { return problems_; }
    /// Whether one scan of the last round came to its end, so that a missing row is known to be
    /// missing.
    bool can_prove_absence() const { return finished_ > 0; }

  private:
    ScanResult blank_;
    ScanResult last_;   ///< seen by any scan of the last round; violations are of this round
    ScanResult always_; ///< seen by all finished scans; `outdated`: seen outdated by any
    std::vector<std::string> problems_;
    int finished_ = 0;
};

/// The ledger compared with what the scans saw.
struct LedgerComparison {
    std::uint64_t acknowledged_rows = 0;
    std::uint64_t loaded_rows = 0;
    std::uint64_t unknown_applied = 0; ///< operations
    std::uint64_t unknown_absent = 0;
    Violations lost;       ///< rows and updates
    Violations stale;      ///< rows and updates that were not visible for a while
    Violations unexpected; ///< rows of failed inserts
};
LedgerComparison compare_with_ledger(const ScanHistory& history, RowVerifier& row_verifier,
                                     const StopFlag& stop);

} // namespace citusbench
