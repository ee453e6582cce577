#pragma once

#include <cstdint>
#include <string>

#include "core/stop_flag.hpp"
#include "core/time.hpp"

namespace citusbench {

/// The offset between this machine's clock and the database server's.
struct ClockOffset {
    std::int64_t offset_us = 0;     ///< server − here
    std::int64_t round_trip_us = 0; ///< of the best sample; the offset is right to half of it
};

/// Asks several times and uses the fastest answer. Throws RunError.
ClockOffset measure_clock(const std::string& conninfo, const StopFlag& stop);

/// The moment on the monotonic clock at which the server's clock shows `start_at_us` (µs since
/// 1970). Throws RunError that says by how much, if it has passed.
Ticks ticks_at(std::int64_t start_at_us, const ClockOffset& clock);

} // namespace citusbench
