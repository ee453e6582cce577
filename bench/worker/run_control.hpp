#pragma once

#include <atomic>
#include <cstdint>

#include "core/time.hpp"
#include "load/phase_clock.hpp"

namespace citusbench {

/// What the threads of a run share while it measures.
struct RunControl {
    explicit RunControl(Ticks start, Ticks measuring_starts)
        : clock(start), zero(measuring_starts) {}

    PhaseClock clock;
    Ticks zero; ///< of the run's clock: the start of measuring
    /// From then on every operation in flight counts as past its deadline, and pending ones are
    /// skipped. Set after Ctrl-C.
    std::atomic<Ticks> abort_at{never};
    /// From then on pending operations are skipped; those in flight keep their deadlines.
    std::atomic<Ticks> drop_pending{never};

    /// Ends the load after Ctrl-C: what is in flight has a second more to get its outcome, or none
    /// where it is `urgent`.
    void interrupt(Ticks now, bool urgent) {
        clock.cut(now);
        const auto at = urgent ? now : now + ticks_per_second;
        if (at < abort_at) abort_at = at;
    }
    /// Ends the load at once, for a way out on which nobody asks what becomes of it.
    void stop() {
        clock.cut(0);
        abort_at = 0;
    }
};

/// A worker's cost, for run.json.
struct WorkerCost {
    std::uint64_t completed = 0;
    std::uint64_t backoffs = 0;
    std::uint64_t retries = 0;
    std::uint64_t notices = 0;
    std::uint64_t reconnects = 0;

    void merge(const WorkerCost& other) {
        completed += other.completed;
        backoffs += other.backoffs;
        retries += other.retries;
        notices += other.notices;
        reconnects += other.reconnects;
    }
};

} // namespace citusbench
