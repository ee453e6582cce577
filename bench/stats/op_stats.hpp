#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/outcome.hpp"
#include "stats/histogram.hpp"

namespace citusbench {

/// Counts and latencies of one operation kind in one phase or interval. Plain data; merge() adds.
struct OpStats {
    std::uint64_t scheduled = 0; ///< counted when the operation was scheduled
    std::array<std::uint64_t, outcome_count> outcomes{}; ///< counted when it ended
    std::uint64_t rows = 0;                              ///< rows returned by ok operations
    /// done − intended, per outcome; a skipped operation's is its waiting time.
    std::array<Histogram, outcome_count> response;
    /// done − sent, per outcome; nothing for skipped ones.
    std::array<Histogram, outcome_count> service;

    std::uint64_t count(Outcome outcome) const { return outcomes[index_of(outcome)]; }
    std::uint64_t completed() const;
    /// The sum rule: scheduled = ok + failed + unknown + skipped.
    bool balanced() const { return scheduled == completed(); }
    void merge(const OpStats& other);
};

/// Adds counts by operation kind, or by cell, to others of the same kinds. `sums` may be empty yet;
/// throws std::invalid_argument where the lengths differ.
void merge(std::vector<OpStats>& sums, std::span<const OpStats> parts);

} // namespace citusbench
