#pragma once

#include <cstdint>

namespace citusbench::chat {

/// Streams of Random, so that no two uses of a seed see the same numbers. Tables take their own
/// number (0, 1, 2), a run's operations a number above all of these.
inline constexpr std::uint64_t stream_of_texts = 16;
constexpr std::uint64_t stream_of_run(std::uint64_t run) {
    return (run + 1) << 8;
}

} // namespace citusbench::chat
