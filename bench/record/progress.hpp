#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace citusbench {

/// What the live line shows about the last second.
struct Progress {
    double elapsed_s = 0; ///< since the start of measuring; negative in the warm-up
    double total_s = 0;   ///< planned length
    std::string phase;
    double ok_per_s = 0;
    std::optional<double> p50_us; ///< response time of the ok operations of the last second
    std::optional<double> p99_us;
    std::uint64_t failed = 0; ///< in the last second
    std::uint64_t unknown = 0;
    std::uint64_t skipped = 0;
};

} // namespace citusbench
