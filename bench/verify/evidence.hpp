#pragma once

#include <string>
#include <vector>

#include "core/stop_flag.hpp"
#include "verify/row_judge.hpp"

namespace citusbench {

/// What several looks at the tables showed together: through each entry point, before recovery and
/// (the last round) after it. A row is there if any look of the last round saw it, and was out of
/// sight if some finished look of any round did not.
class Evidence {
  public:
    explicit Evidence(const RowJudge& judge);

    void begin_round();
    /// Offenders seen through two entry points are counted once.
    void add(Sight sight);

    const Sight& last() const { return last_; }
    const Sight& always() const { return always_; }
    /// Why looks of the last round could not be finished.
    const std::vector<std::string>& problems() const { return problems_; }
    /// Whether one look of the last round came to its end, so that absence can be told.
    bool tells_absence() const { return finished_ > 0; }

  private:
    Sight blank_;
    Sight last_;   ///< seen by any look of the last round; findings are of this round
    Sight always_; ///< seen by all finished looks; `outdated`: seen outdated by any
    std::vector<std::string> problems_;
    int finished_ = 0;
};

/// What the ledger says about the rows, against the evidence.
struct Tally {
    std::uint64_t acknowledged_rows = 0;
    std::uint64_t loaded_rows = 0;
    std::uint64_t unknown_applied = 0; ///< operations
    std::uint64_t unknown_absent = 0;
    Finding lost;       ///< rows and updates
    Finding stale;      ///< rows and updates that were out of sight for a while
    Finding unexpected; ///< rows of failed inserts
};
Tally tally(const Evidence& evidence, RowJudge& judge, const StopFlag& stop);

} // namespace citusbench
