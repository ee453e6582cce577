#pragma once

/// Of clusters that citusbench starts: shorter than Patroni's defaults (30, 10 and 10), so that a
/// failover fits into a run. Recorded in run.json. Patroni before 3.2.2 takes any ttl, later ones
/// none below 20.
namespace citusbench::patroni_timing {

inline constexpr int ttl_s = 5;
inline constexpr int loop_wait_s = 1;
inline constexpr int retry_timeout_s = 2;

static_assert(loop_wait_s + 2 * retry_timeout_s <= ttl_s, "Patroni's own rule");

} // namespace citusbench::patroni_timing
