#include "load/phase_clock.hpp"

#include <algorithm>
#include <stdexcept>

namespace citusbench {

Ticks PhaseClock::announce(Ticks at) {
    const auto count = count_.load(std::memory_order_relaxed);
    if (count == max_segments) throw std::logic_error("too many phases");
    const auto begin = std::max(at, now_ticks() + announce_ahead);
    begins_[count].store(begin, std::memory_order_relaxed);
    count_.store(count + 1, std::memory_order_release);
    return begin;
}

void PhaseClock::cut(Ticks at) {
    auto known = cut_.load(std::memory_order_relaxed);
    while (at < known && !cut_.compare_exchange_weak(known, at, std::memory_order_release)) {
    }
}

std::size_t PhaseClock::segment_at(Ticks at) const {
    auto segment = segments() - 1;
    while (segment > 0 && begin_of(segment) > at) --segment;
    return segment;
}

} // namespace citusbench
