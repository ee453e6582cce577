#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace citusbench {

/// How operations find one of several entry points. `round_robin`: any entry will do; connections
/// are spread over them and move to the next when one fails. `hash`: each entry point is a cluster
/// of its own, and the key of an operation says which (ClusterMap).
enum class Route : std::uint8_t { round_robin, hash };

constexpr std::string_view name_of(Route route) {
    return route == Route::hash ? "hash" : "round-robin";
}

/// Their number fits into a byte beside every operation.
inline constexpr std::size_t max_entries = 200;
/// In place of an entry's number: not sent yet, and sent to every entry.
inline constexpr std::uint8_t no_entry = 255;
inline constexpr std::uint8_t every_entry = 254;

/// The entry of each of `connections`: any sum(weights) consecutive connections are divided exactly
/// by the weights, and evenly mixed. An entry of weight 0 gets none. One weight must be above 0.
std::vector<std::size_t> spread_connections(std::span<const unsigned> weights,
                                            std::size_t connections);

/// The entry for attempt number `attempt` of a connection that prefers `preferred`: attempt 0, and
/// every `entries`-th, goes there; the attempts between go to each of the others once. `turn`
/// decides which of them comes first, so that the connections of a dead entry spread over the
/// others.
std::size_t entry_of_attempt(std::size_t preferred, std::size_t turn, std::size_t attempt,
                             std::size_t entries);

} // namespace citusbench
