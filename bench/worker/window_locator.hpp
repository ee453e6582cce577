#pragma once

#include <algorithm>

#include "core/time.hpp"
#include "load/phase_clock.hpp"
#include "stats/recorder.hpp"

namespace citusbench {

/// Which window an intended time falls into. One thread asks, mostly for the same window again.
class WindowLocator {
  public:
    /// Intervals of so many ns are counted from `zero`. Keeps a reference.
    WindowLocator(const PhaseClock& clock, Ticks zero, Ticks interval)
        : clock_(clock), zero_(zero), interval_(interval) {}

    WindowKey operator()(Ticks intended) {
        const auto segments = clock_.segments();
        if (intended < from_ || intended >= to_ || segments != segments_)
            locate(intended, segments);
        return key_;
    }

  private:
    void locate(Ticks intended, std::size_t segments) {
        const auto offset = intended - zero_;
        auto interval = offset / interval_;
        if (offset < 0 && offset % interval_ != 0) --interval;
        const auto segment = clock_.segment_at(intended);
        const auto interval_from = zero_ + interval * interval_;
        from_ = std::max(interval_from, clock_.begin_of(segment));
        to_ = std::min(interval_from + interval_, clock_.end_of(segment));
        segments_ = segments;
        key_ = {static_cast<std::uint32_t>(segment), static_cast<std::int32_t>(interval)};
    }

    const PhaseClock& clock_;
    Ticks zero_;
    Ticks interval_;
    // The window of the last intended time.
    Ticks from_ = 0;
    Ticks to_ = 0;
    std::size_t segments_ = 0;
    WindowKey key_;
};

} // namespace citusbench
