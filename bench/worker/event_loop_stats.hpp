#pragma once

#include <cstdint>

#include "core/time.hpp"
#include "stats/histogram.hpp"

namespace citusbench {

/// The CPU time of a thread, in ns since it began.
struct ThreadTime {
    Ticks cpu = 0;
    Ticks waiting = 0; ///< ready to run, and not running
};

/// Of the calling thread; /proc/thread-self/schedstat, or its CPU clock where there is none.
ThreadTime thread_time();

/// How much an event loop itself disturbed its measurements.
struct LoopRecord {
    Histogram send_lag;           ///< from due, with a connection free, until sent
    Ticks max_iteration = 0;      ///< of the loop, waiting left out
    std::uint64_t late_wakes = 0; ///< sleeps that ended more than 1 ms late
    Ticks latest_wake = 0;        ///< how late the worst of them was
    Ticks longest_stall = 0;      ///< without looking at sockets or timers that were due
    Ticks stalled_from = 0;       ///< when that began
    std::uint64_t seconds = 0;    ///< that were checked
    std::uint64_t saturated = 0;  ///< seconds in which the thread ran or waited for a core
    double busiest = 0;           ///< the greatest such share of a second
    int niceness = 0;             ///< that the threads ran with
    bool is_realtime = false;     ///< before all others of the machine, to the end
    ThreadTime time;              ///< over the whole loop
    void merge(const LoopRecord& other);
};

/// Watches one event loop from inside, on its own thread.
class EventLoopStats {
  public:
    static constexpr Ticks late_after = 1'000'000;
    static constexpr Ticks check_interval = 1'000'000'000;
    static constexpr double saturated_from = 0.95;

    /// Of a load; what an earlier one recorded is forgotten.
    void begin(Ticks now);
    /// Of the last whole second, the share in which the thread ran or waited for a core.
    double last_share() const { return last_share_; }
    /// The loop meant to sleep until `due` at most, and woke at `woken`, later.
    void on_wakeup(Ticks due, Ticks woken);
    /// An iteration began at `woken` and ended now.
    void on_iteration(Ticks woken, Ticks now) {
        if (now - woken > record_.max_iteration) [[unlikely]] {
            record_.max_iteration = now - woken;
            on_stall(woken, now);
        }
        if (now >= next_check_at_) [[unlikely]]
            look(now);
    }
    /// An operation could have been sent from `ready` on.
    void sent(Ticks ready, Ticks now) { record_.send_lag.record(now - ready); }
    /// `is_realtime`: the thread's scheduling until now.
    void end(bool is_realtime);

    const LoopRecord& record() const { return record_; }

  private:
    void look(Ticks now);
    void on_stall(Ticks from, Ticks to);

    LoopRecord record_;
    ThreadTime begun_;
    ThreadTime last_;
    Ticks looked_ = 0;
    Ticks next_check_at_ = never;
    double last_share_ = 0;
};

} // namespace citusbench
