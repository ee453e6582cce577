#pragma once

#include <algorithm>
#include <cstdint>

#include "core/random.hpp"
#include "core/time.hpp"

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

} // namespace citusbench
