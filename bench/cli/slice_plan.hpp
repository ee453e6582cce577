#pragma once

#include "options/option_values.hpp"
#include "plan/plan.hpp"

namespace citusbench {

/// The rules of --shard-of and --start-at, after all else. Throws UsageError.
void read_share(const ParsedOptions& options, Plan& plan);

/// Microseconds since 1970 of "2026-01-31T12:00:00Z" (fractions of a second are taken) or of a
/// number of seconds. Throws std::invalid_argument.
std::int64_t parse_moment(std::string_view text);

/// "2/8" is index 1 of 8. Throws std::invalid_argument.
LoadSlice parse_shard_of(std::string_view text);

} // namespace citusbench
