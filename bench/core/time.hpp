#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>

namespace citusbench {

using Nanoseconds = std::chrono::nanoseconds;

/// A point on CLOCK_MONOTONIC in nanoseconds. Plain integers, because the hot path stores many.
using Ticks = std::int64_t;

inline constexpr Ticks never = INT64_MAX;
inline constexpr Ticks ticks_per_second = 1'000'000'000;

/// Now on CLOCK_MONOTONIC; about 20 ns through the vDSO.
inline Ticks now_ticks() {
    timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return static_cast<Ticks>(ts.tv_sec) * ticks_per_second + ts.tv_nsec;
}

constexpr double to_seconds(Ticks ticks) {
    return static_cast<double>(ticks) / 1e9;
}
constexpr Ticks to_ticks(Nanoseconds duration) {
    return duration.count();
}

/// Wall clock in microseconds since the Unix epoch, UTC.
inline std::int64_t wall_clock_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

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
