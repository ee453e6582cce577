#pragma once

namespace citusbench {

/// One of several processes that make a load together: --shard-of I/K. Each has the operation
/// indices i, i + K, … and the arrivals of the same numbers, so that K processes do what one would,
/// at any number of threads in each.
struct LoadSlice {
    unsigned index = 0; ///< from 0
    unsigned count = 1;

    bool is_part() const { return count > 1; }
    /// Thread t of T in this process is thread thread_index(t) of thread_count(T) of the whole
    /// load.
    unsigned thread_index(unsigned thread) const { return index + count * thread; }
    unsigned thread_count(unsigned threads) const { return count * threads; }
};

} // namespace citusbench
