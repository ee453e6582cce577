#include "load/phase_clock.hpp"

#include <algorithm>
#include <stdexcept>

namespace citusbench {

Ticks PhaseClock::announce(Ticks at, InFlight in_flight) {
    const auto count = count_.load(std::memory_order_relaxed);
    if (count == max_segments) throw std::logic_error("too many phases");
    const auto begin = std::max(at, now_ticks() + announce_ahead);
    begins_[count].store(begin, std::memory_order_relaxed);
    in_flight_[count].store(in_flight, std::memory_order_relaxed);
    if (in_flight == InFlight::move) last_moving_.store(count, std::memory_order_release);
    count_.store(count + 1, std::memory_order_release);
    return begin;
}

void PhaseClock::cut(Ticks at) {
    auto known = cut_.load(std::memory_order_relaxed);
    while (at < known && !cut_.compare_exchange_weak(known, at, std::memory_order_release)) {
    }
}

std::size_t PhaseClock::first_moving_after(std::size_t segment, Ticks done) const {
    const auto last = last_moving_.load(std::memory_order_acquire);
    for (auto next = segment + 1; next <= last && begin_of(next) <= done; ++next)
        if (in_flight_[next].load(std::memory_order_relaxed) == InFlight::move) return next;
    return segment;
}

std::size_t PhaseClock::segment_at(Ticks at) const {
    auto segment = segments() - 1;
    while (segment > 0 && begin_of(segment) > at) --segment;
    return segment;
}

} // namespace citusbench
