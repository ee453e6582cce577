#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "stats/histogram.hpp"
#include "worker/batch_queue.hpp"

namespace citusbench {

/// Whether a series rises or falls: Mann and Kendall's test, and the slope of Theil and Sen.
struct Trend {
    /// Pairs that rise less pairs that fall. For ten values without a trend |score| ≥ 21 has a
    /// probability of 7.2 % (exact), the next attainable one below 10 %.
    int score = 0;
    double change = 0; ///< from the first value to the last along the slope, by the median value

    /// A trend that chance does not explain, and that is large enough to matter.
    bool is_real() const;
};

Trend trend_of(std::span<const double> values);

/// Decides when the warm-up of a load has lasted long enough. Twice a second it looks at the last
/// half of the warm-up so far, at least 2 s, cut into ten windows: the load is steady when in two
/// looks in a row neither the windows' rate of acknowledged operations nor their median response
/// time has a trend, and each connection has had ten operations on average. Before that many, a
/// series that looks flat can still be the wait for caches. A pure function of what was added.
class Steadiness {
  public:
    static constexpr Ticks min_time = 2 * ticks_per_second;
    static constexpr Ticks look_every = ticks_per_second / 2;
    static constexpr std::size_t windows = 10;
    static constexpr std::uint64_t operations_a_connection = 10;

    /// The load begins at `start`; `threads` and `connections` of this process.
    Steadiness(Ticks start, unsigned threads, unsigned connections);

    void add(const std::vector<WorkerBatch>& batches);
    /// What one thread acknowledged since its last call, until `until`.
    void add(unsigned thread, Ticks until, std::uint64_t ok, const Histogram& response);

    /// Looks, where the next look is due. True once the load is steady, from then on for ever.
    bool is_steady();
    /// Acknowledged operations per second from `from` until the last time that all threads have
    /// reported; 0 where that is no time.
    double rate_since(Ticks from) const;
    std::uint64_t operations() const { return operations_; }
    /// Why it is not steady, with the probable cause: "the rate rises by 40 % in 15 s: caches are
    /// still filling".
    std::string reason() const;

  private:
    /// A tenth of a second.
    struct Bin {
        double ok = 0;
        Histogram response;
    };
    static constexpr Ticks bin_length = ticks_per_second / 10;

    Ticks complete_until() const;
    void look(Ticks length);

    Ticks start_;
    std::vector<Ticks> until_; ///< by thread
    std::uint64_t min_operations_;
    std::vector<Bin> bins_;
    std::uint64_t operations_ = 0;
    Ticks next_look_;
    double looked_at_s_ = 0; ///< length of the stretch of the last look
    Trend rate_;
    Trend latency_;
    bool was_flat_ = false;
    bool is_steady_ = false;
};

} // namespace citusbench
