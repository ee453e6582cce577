#include "worker/event_loop_stats.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <fstream>

#include "core/time.hpp"

namespace citusbench {

ThreadTime thread_time() {
    ThreadTime time;
    std::ifstream schedstat("/proc/thread-self/schedstat");
    if (schedstat >> time.cpu >> time.waiting && time.cpu > 0) return time;
    return {read_clock(CLOCK_THREAD_CPUTIME_ID), 0};
}

void LoopRecord::merge(const LoopRecord& other) {
    send_lag.merge(other.send_lag);
    max_iteration = std::max(max_iteration, other.max_iteration);
    late_wakes += other.late_wakes;
    latest_wake = std::max(latest_wake, other.latest_wake);
    if (other.longest_stall > longest_stall) {
        longest_stall = other.longest_stall;
        stalled_from = other.stalled_from;
    }
    seconds += other.seconds;
    saturated += other.saturated;
    busiest = std::max(busiest, other.busiest);
    niceness = other.niceness;
    is_realtime = other.is_realtime;
    time.cpu += other.time.cpu;
    time.waiting += other.time.waiting;
}

void EventLoopStats::begin(Ticks now) {
    record_ = {};
    begun_ = last_ = thread_time();
    record_.niceness = getpriority(PRIO_PROCESS, 0);
    looked_ = now;
    last_share_ = 0;
    next_check_at_ = now + check_interval;
}

void EventLoopStats::on_wakeup(Ticks due, Ticks woken) {
    const auto late = woken - due;
    if (late <= late_after) return;
    ++record_.late_wakes;
    record_.latest_wake = std::max(record_.latest_wake, late);
    on_stall(due, woken);
}

void EventLoopStats::on_stall(Ticks from, Ticks to) {
    if (to - from <= record_.longest_stall) return;
    record_.longest_stall = to - from;
    record_.stalled_from = from;
}

void EventLoopStats::look(Ticks now) {
    const auto time = thread_time();
    const auto busy = (time.cpu - last_.cpu) + (time.waiting - last_.waiting);
    const auto share = static_cast<double>(busy) / static_cast<double>(now - looked_);
    last_share_ = share;
    ++record_.seconds;
    if (share >= saturated_from) ++record_.saturated;
    record_.busiest = std::max(record_.busiest, share);
    last_ = time;
    looked_ = now;
    next_check_at_ = now + check_interval;
}

void EventLoopStats::end(bool is_realtime) {
    record_.is_realtime = is_realtime;
    const auto time = thread_time();
    record_.time = {time.cpu - begun_.cpu, time.waiting - begun_.waiting};
    next_check_at_ = never;
}

} // namespace citusbench
