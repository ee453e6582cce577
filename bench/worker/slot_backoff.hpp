#pragma once

#include <cstdint>
#include <deque>
#include <utility>

#include "core/time.hpp"
#include "worker/load_plan.hpp"
#include "worker/operation_queue.hpp"

namespace citusbench {

/// The slots of a closed loop whose last operation did not end well: each waits error_backoff
/// before it has its next one.
class SlotBackoff {
  public:
    void add(OperationQueue& queue, Ticks now) {
        ++queue.expected;
        ++count_;
        slots_.emplace_back(now + error_backoff, &queue);
    }
    /// When the next slot has waited; `never` if there is none.
    Ticks next_at() const { return slots_.empty() ? never : slots_.front().first; }
    /// Calls on_awake(queue, due) for each slot that has waited until `now`.
    template <typename OnAwake>
    void wake(Ticks now, OnAwake&& on_awake) {
        while (!slots_.empty() && slots_.front().first <= now) {
            const auto [due, queue] = slots_.front();
            slots_.pop_front();
            --queue->expected;
            on_awake(*queue, due);
        }
    }
    /// So many slots had to wait so far.
    std::uint64_t count() const { return count_; }

  private:
    std::deque<std::pair<Ticks, OperationQueue*>> slots_; ///< in the order of their times
    std::uint64_t count_ = 0;
};

} // namespace citusbench
