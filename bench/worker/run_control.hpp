#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "core/time.hpp"
#include "load/arrival.hpp"
#include "load/phase_clock.hpp"

namespace citusbench {

/// One load on the connections of a pool, as its threads share it. Several may follow one another:
/// a warm-up and what is measured, the probes of a search.
struct RunControl {
    /// `first`: the first operation index, a multiple of the threads of the whole load.
    RunControl(Ticks start, Ticks measuring_starts, Arrival how, std::uint64_t first = 0)
        : clock(start), zero(measuring_starts), arrival(std::move(how)), first_index(first) {}

    PhaseClock clock;
    Ticks zero; ///< of the load's clock: the start of measuring
    const Arrival arrival;
    const std::uint64_t first_index;
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
