#pragma once

#include <ctime>

#include "core/time.hpp"

namespace citusbench {

/// What a clock of the system shows, in ns: CLOCK_PROCESS_CPUTIME_ID, a thread's CPU clock, ….
inline Ticks read_clock(clockid_t clock) {
    timespec ts{};
    clock_gettime(clock, &ts);
    return static_cast<Ticks>(ts.tv_sec) * 1'000'000'000 + ts.tv_nsec;
}

/// CPU time of this process so far, all its threads.
inline Ticks process_cpu() {
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

} // namespace citusbench
