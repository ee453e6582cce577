#pragma once

#include <cstdint>
#include <span>

#include "pg/result.hpp"

namespace citusbench {

/// A query that PgBouncer's admin console answers.
inline constexpr auto pools_query = "show pools";

/// The sums over a pooler's pools, without its own console's.
struct PoolStatus {
    std::uint64_t clients_active = 0;  ///< that have a connection of the pool's, or need none now
    std::uint64_t clients_waiting = 0; ///< for one
    double max_wait_s = 0;             ///< so far, of those that wait
    std::uint64_t servers_active = 0;  ///< connections that are lent
    std::uint64_t servers_idle = 0;    ///< and that are there to be lent
};

/// From the results of `pools_query`; columns are taken by name, because versions differ.
PoolStatus read_pools(std::span<const pg::Result> results);

} // namespace citusbench
