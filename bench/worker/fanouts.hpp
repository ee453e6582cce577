#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "core/outcome.hpp"
#include "core/time.hpp"
#include "pg/result.hpp"
#include "worker/operation_queue.hpp"

namespace citusbench {

/// Parts of one operation, by outcome.
using PartOutcomes = std::array<std::size_t, outcome_count>;

/// The outcome of the whole: an operation that was sent in part counts as sent, and a write that
/// happened in part is unknown.
Outcome merge_outcomes(const PartOutcomes& parts, bool is_write);

/// The result of a part.
struct PartResult {
    Outcome outcome = Outcome::ok;
    Ticks sent = 0; ///< 0: never
    Ticks done = 0;
    std::uint32_t rows = 0;
    pg::ResultPtr* answer = nullptr; ///< to be checked, and to be moved from
};

/// A finished operation without a key: each cluster got a part, and the last part has its outcome.
struct Fanout {
    PendingOperation whole; ///< `first_sent` is the first send of any part
    PartOutcomes outcomes{};
    Ticks last_done = 0;
    std::uint32_t rows = 0;            ///< of all parts
    std::vector<std::size_t> not_sent; ///< entries whose part was skipped
    std::vector<pg::Result> answers;   ///< of parts that are to be checked
};

/// Operations on their way to every cluster.
class Fanouts {
  public:
    explicit Fanouts(std::size_t parts) : parts_(parts) {}

    /// The part to be sent to each cluster; only its `entry` differs.
    PendingOperation begin(const PendingOperation& whole);
    /// The whole, once this was its last part.
    std::optional<Fanout> complete_part(const PendingOperation& part, const PartResult& result);
    /// The first send of a part of what is under way; `now` if none was sent earlier.
    Ticks oldest_sent(Ticks now) const;

  private:
    struct Slot {
        Fanout fanout;
        std::size_t parts_pending = 0; ///< without an outcome; 0: the slot is free
    };
    std::size_t parts_;
    std::deque<Slot> slots_; ///< by PendingOperation::fanout_id - 1
    std::vector<std::uint32_t> free_ids_;
};

} // namespace citusbench
