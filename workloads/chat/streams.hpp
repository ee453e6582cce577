#pragma once

#include <cstdint>

namespace citusbench::chat {

/// Besides those of the tables (0, 1, 2) and of runs: see workload/keyed_session.hpp.
inline constexpr std::uint64_t stream_of_texts = 16;

} // namespace citusbench::chat
