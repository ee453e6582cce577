#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "core/outcome.hpp"
#include "core/time.hpp"
#include "worker/backoff.hpp"
#include "worker/operation_queue.hpp"

namespace citusbench {

/// Operations between two tries: --retry. A try is under the same id, so that an operation is
/// done at most once, and waits longer after each failure.
class RetrySchedule {
  public:
    /// `retries` after the first try.
    RetrySchedule(unsigned retries, Backoff backoff) : retries_(retries), backoff_(backoff) {}

    /// The operation, which was sent, ended with this outcome. False if it has had all its tries;
    /// else it will wait in `queue` again.
    bool try_again(PendingOperation operation, OperationQueue& queue, Outcome outcome, Ticks now);
    /// When the next try is due; `never` if there is none.
    Ticks next_at() const { return waiting_.empty() ? never : waiting_.begin()->first; }
    /// Puts what is due into its queue and calls on_awake(queue).
    template <typename OnAwake>
    void wake(Ticks now, OnAwake&& on_awake) {
        while (next_at() <= now) {
            const auto retry = waiting_.extract(waiting_.begin()).mapped();
            --retry.queue->expected;
            retry.queue->pending.push(retry.operation);
            on_awake(*retry.queue);
        }
    }
    /// Nothing is tried again any more: calls on_dropped(operation, queue) for what waits.
    template <typename OnDropped>
    void drop(OnDropped&& on_dropped) {
        for (const auto& [due, retry] : std::exchange(waiting_, {})) {
            --retry.queue->expected;
            on_dropped(retry.operation, *retry.queue);
        }
    }
    /// The operation has its final outcome.
    void on_complete(const PendingOperation& operation) {
        if (operation.tries > 0) open_.erase(open_.find(operation.first_sent));
    }

    /// The first send of an operation that was tried and has no final outcome; `now` if none was
    /// sent earlier.
    Ticks oldest_sent(Ticks now) const {
        return open_.empty() ? now : std::min(now, *open_.begin());
    }
    /// So many tries after the first so far.
    std::uint64_t count() const { return count_; }

  private:
    struct Retry {
        PendingOperation operation;
        OperationQueue* queue;
    };
    unsigned retries_;
    Backoff backoff_;
    std::multimap<Ticks, Retry> waiting_; ///< by the time of their next try
    std::multiset<Ticks> open_;           ///< first sends of operations that were tried
    std::uint64_t count_ = 0;
};

} // namespace citusbench
