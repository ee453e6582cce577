#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace citusbench {

/// "500ms", "20s", "2m", "1h", "250us"; a bare number is seconds. Throws std::invalid_argument with
/// the hint ("write it as 500ms, 20s or 2m") for anything else, for a negative value and for more
/// than 1000 hours.
Nanoseconds parse_duration(std::string_view text);

/// Operations per second from "5000", "5k", "1.5M" or "30/min". Throws std::invalid_argument.
double parse_rate(std::string_view text);

/// A whole number; "10k" and "5M" are taken. Throws std::invalid_argument for anything else.
std::uint64_t parse_count(std::string_view text);

/// A share from 0 to 1: "1%", "0.01", or "off" for 0. Throws std::invalid_argument.
double parse_share(std::string_view text);

/// "20 s", "1.50 s", "340 ms", "12.3 µs": three significant digits, for people.
std::string format_duration(Nanoseconds duration);

/// "1,234,567".
std::string format_count(std::uint64_t count);

/// "20s", "500ms": the form parse_duration() reads, for echoes of options.
std::string duration_option(Nanoseconds duration);

} // namespace citusbench
