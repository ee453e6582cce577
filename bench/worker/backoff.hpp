#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <utility>

#include "core/outcome.hpp"
#include "core/random.hpp"
#include "core/time.hpp"
#include "worker/load_plan.hpp"
#include "worker/operation_queue.hpp"

namespace citusbench {

/// How long to wait after failures in a row: exponential from 10 ms, at most 1 s, the upper half of
/// it at random, so that many who failed at once do not come back at once.
class Backoff {
  public:
    static constexpr Ticks min_delay = 10'000'000;
    static constexpr Ticks max_delay = 1'000'000'000;

    Backoff(std::uint64_t seed, std::uint64_t stream, std::uint64_t thread)
        : jitter_(seed, stream, thread) {}

    /// `failures` before this one.
    Ticks operator()(unsigned failures) {
        const auto most = std::min(min_delay << std::min(failures, 10U), max_delay);
        return most / 2 + static_cast<Ticks>(jitter_.below(static_cast<std::uint64_t>(most / 2)));
    }

  private:
    Random jitter_;
};

/// The slots of a closed loop whose last operation did not succeed: each waits error_backoff before
/// its next one.
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
    /// The load has ended: no slot waits any longer.
    void clear() { slots_.clear(); }
    /// The number of slots that had to wait so far.
    std::uint64_t count() const { return count_; }

  private:
    std::deque<std::pair<Ticks, OperationQueue*>> slots_; ///< in the order of their times
    std::uint64_t count_ = 0;
};

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
    /// No more retries: calls on_dropped(operation, queue) for each waiting operation.
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
    /// The number of tries after the first so far.
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
