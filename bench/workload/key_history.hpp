#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workload/answer_checker.hpp"

namespace citusbench {

/// An inserted row that may be in the database.
struct Insert {
    std::uint64_t index = 0;
    Ticks sent = 0;
    Ticks done = 0; ///< never where the outcome is unknown

    bool must_be_in(const Answer& answer) const { return done < answer.sent; }
    bool may_be_in(const Answer& answer) const { return sent < answer.done; }
};

/// A run's inserts under one key, as far as later answers need them: an answer with the latest rows
/// of a key never reaches below the `page` newest rows that every client must see, so only the
/// number of the older rows is kept.
class KeyHistory {
  public:
    static constexpr std::size_t page = 50;

    /// All later answers were sent after `forgotten`.
    void add(const Insert& insert, Ticks forgotten);

    /// Ascending by index.
    std::span<const Insert> inserts() const { return inserts_; }
    /// nullptr if there is none, or if it is only counted.
    const Insert* find(std::uint64_t index) const;
    /// Whether an insert of this index may be among those that are only counted.
    bool may_be_counted(std::uint64_t index) const { return index < counted_below_; }

    std::uint64_t least(const Answer& answer) const;
    std::uint64_t most(const Answer& answer) const;

  private:
    void forget(Ticks moment);

    std::vector<Insert> inserts_;
    std::size_t forget_at_ = 4 * page; ///< size at which looking for old ones pays
    std::uint64_t counted_below_ = 0;
    std::uint64_t certain_ = 0;
    std::uint64_t possible_ = 0;
};

} // namespace citusbench
