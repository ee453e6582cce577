#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/time.hpp"
#include "load/arrival.hpp"
#include "load/route.hpp"

namespace citusbench {

/// One of several processes that make a load together: --shard-of I/K. Each has the operation
/// indices i, i + K, … and the arrivals of the same numbers, so that K processes together do what a
/// single one would do, with any number of threads in each.
struct LoadSlice {
    unsigned index = 0; ///< from 0
    unsigned count = 1;

    bool is_part() const { return count > 1; }
    /// Thread t of T in this process is thread thread_index(t) of thread_count(T) of the whole
    /// load.
    unsigned thread_index(unsigned thread) const { return index + count * thread; }
    unsigned thread_count(unsigned threads) const { return count * threads; }
};

/// The options of the load, which the workers use. A Plan and the LoadPlan made from it both have
/// these fields; they are copied as one value.
struct LoadOptions {
    std::uint64_t seed = 1;
    std::vector<double> weights; ///< by operation kind
    Route route = Route::round_robin;
    bool by_entry = false; ///< counts are kept by entry, too
    unsigned connections = 16;
    unsigned threads = 1;
    double connect_rate = 0; ///< attempts to connect per second of all threads; 0: no limit
    std::size_t depth = 1;   ///< operations in flight on a connection
    std::size_t batch = 1;   ///< operations under one sync
    Arrival arrival;
    LoadSlice slice;                       ///< of a load that several processes make
    Ticks timeout = 5 * ticks_per_second;  ///< of an operation
    Ticks interval = 1 * ticks_per_second; ///< of the windows that are published
    unsigned retries = 0;                  ///< further tries of an operation that did not succeed
    double check_share = 0;                ///< of the reads whose answers are checked
};

} // namespace citusbench
