#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>

#include "core/time.hpp"

namespace citusbench {

/// Which phase a moment belongs to, for all threads. Phases are numbered segments of time that
/// follow one another; where a fault is confirmed only while the load runs, the next segment's
/// beginning is announced then.
///
/// A beginning is announced at least announce_ahead before it comes. An operation's intended start
/// is never in the future, so a thread that has not yet seen an announcement cannot hold an
/// operation that belongs to the new segment: no operation is ever put into the wrong one.
class PhaseClock {
  public:
    static constexpr std::size_t max_segments = 1024;
    static constexpr Ticks announce_ahead = 3'000'000;

    explicit PhaseClock(Ticks start) {
        begins_[0].store(start, std::memory_order_relaxed);
        count_.store(1, std::memory_order_release);
    }

    /// What becomes of operations that have no outcome yet when a segment begins: they stay in the
    /// segment of their intended start, or belong to this one, because they met what it begins
    /// with.
    enum class InFlight : std::uint8_t { stay, move };

    /// Announces the next segment; returns its beginning, max(at, now + announce_ahead).
    Ticks announce(Ticks at, InFlight in_flight = InFlight::stay);
    /// Moves the end nearer or farther; operations are scheduled while intended < end.
    void set_end(Ticks end) { end_.store(end, std::memory_order_release); }

    /// Ends the load at `at` whatever set_end() says, then or later: Ctrl-C, a failed worker.
    void cut(Ticks at);

    Ticks end() const {
        return std::min(end_.load(std::memory_order_acquire), cut_.load(std::memory_order_acquire));
    }
    std::size_t segments() const { return count_.load(std::memory_order_acquire); }
    Ticks begin_of(std::size_t segment) const {
        return begins_[segment].load(std::memory_order_relaxed);
    }
    /// The beginning of the segment after `segment`, `never` if none is announced.
    Ticks end_of(std::size_t segment) const {
        return segment + 1 < segments() ? begin_of(segment + 1) : never;
    }
    /// The last segment that begins at or before `at`; 0 for anything earlier.
    std::size_t segment_at(Ticks at) const;
    /// The segment of an operation that was intended in `segment` and has its outcome at `done`.
    std::size_t segment_of(std::size_t segment, Ticks done) const {
        if (segment >= last_moving_.load(std::memory_order_acquire)) [[likely]]
            return segment;
        return first_moving_after(segment, done);
    }

  private:
    std::size_t first_moving_after(std::size_t segment, Ticks done) const;

    std::array<std::atomic<Ticks>, max_segments> begins_{};
    std::array<std::atomic<InFlight>, max_segments> in_flight_{};
    std::atomic<std::size_t> last_moving_{0}; ///< the last segment that takes what is in flight
    std::atomic<std::size_t> count_{0};
    std::atomic<Ticks> end_{never};
    std::atomic<Ticks> cut_{never};
};

} // namespace citusbench
