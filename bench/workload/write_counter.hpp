#pragma once

#include <cstdint>
#include <vector>

#include "core/outcome.hpp"
#include "workload/answer_checker.hpp"

namespace citusbench {

/// How many rows a run's writes have added at a moment: minimum and maximum. Remembers single
/// writes only while later answers depend on their times.
class WriteCounter {
  public:
    void add(const WriteOutcome& write, std::uint32_t rows);
    /// All later answers were sent after `moment`.
    void forget_before(Ticks moment);

    /// Rows that an answer to a read sent at this time must count.
    std::uint64_t least(Ticks answer_sent) const;
    /// Rows that an answer received by this time may count.
    std::uint64_t most(Ticks answer_done) const;

  private:
    struct Recent {
        Ticks sent;
        Ticks done; ///< never where the outcome is unknown
        std::uint32_t rows;
    };
    void forget_old();

    std::vector<Recent> recent_;
    std::size_t forget_at_ = 1024; ///< size at which looking for old ones pays
    std::uint64_t certain_ = 0;
    std::uint64_t possible_ = 0;
    Ticks forgotten_ = 0;
};

} // namespace citusbench
