#pragma once

#include <cstdint>
#include <string_view>

namespace citusbench {

/// The value of an operation's or row's distribution column; `none` where it touches every shard.
struct RoutingKey {
    enum class Kind : std::uint8_t { none, integer, text };
    Kind kind = Kind::none;
    std::int64_t number = 0; ///< a bigint
    std::string_view text;   ///< of the workload's own tables, never of a temporary

    static constexpr RoutingKey of(std::int64_t value) { return {Kind::integer, value, {}}; }
    static constexpr RoutingKey of(std::string_view value) { return {Kind::text, 0, value}; }
};

} // namespace citusbench
