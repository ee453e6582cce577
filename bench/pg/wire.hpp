#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

namespace citusbench::pg {

/// 2000-01-01 00:00 UTC, PostgreSQL's epoch, in microseconds since the Unix epoch.
inline constexpr std::int64_t postgres_epoch_us = 946'684'800'000'000;

/// Network byte order.
template <typename Integer>
constexpr std::array<char, sizeof(Integer)> to_wire(Integer value) {
    using Unsigned = std::make_unsigned_t<Integer>;
    const auto bits = static_cast<Unsigned>(value);
    std::array<char, sizeof(Integer)> bytes{};
    for (std::size_t i = 0; i < sizeof(Integer); ++i)
        bytes[i] = static_cast<char>(bits >> (8 * (sizeof(Integer) - 1 - i)));
    return bytes;
}

/// The inverse of to_wire() for the binary results of int2, int4 and int8.
template <typename Integer>
constexpr Integer from_wire(const char* bytes) {
    using Unsigned = std::make_unsigned_t<Integer>;
    Unsigned bits = 0;
    for (std::size_t i = 0; i < sizeof(Integer); ++i)
        bits = static_cast<Unsigned>((bits << 8) | static_cast<unsigned char>(bytes[i]));
    return static_cast<Integer>(bits);
}

} // namespace citusbench::pg
