#pragma once

#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "core/random.hpp"
#include "core/time.hpp"

namespace citusbench {

/// Closed loop: a free slot has its next operation at once.
struct Closed {};

/// Open loop, equal gaps: arrival k of all threads together is due at start + k / rate. Thread t of
/// n takes k = t, t + n, …, so the total is exact at any number of threads.
struct Constant {
    double rate = 1; ///< operations per second of all threads together
};

/// Open loop, exponential gaps: each of n threads is a Poisson process of rate / n, and the sum of
/// Poisson processes is one of the sum of their rates.
struct Poisson {
    double rate = 1;
};

/// Open loop whose rate changes at given times: the others, with the clock stretched so that the
/// expected number of arrivals follows the rates.
struct Steps {
    struct Step {
        double from_s = 0; ///< since the start; ascending, the first one 0
        double rate = 1;   ///< of all threads together, above 0
    };
    std::vector<Step> steps;
    bool even = false; ///< equal gaps, else exponential ones

    /// The time by which `arrivals` are expected, in seconds since the start.
    double time_of(double arrivals) const;
};

using Arrival = std::variant<Closed, Constant, Poisson, Steps>;

constexpr bool is_open(const Arrival& arrival) {
    return !std::holds_alternative<Closed>(arrival);
}

/// The same arrivals at another rate; of an open loop with one rate.
Arrival with_rate(const Arrival& arrival, double rate);

/// The intended times of one thread in an open loop, in order.
class ArrivalSchedule {
  public:
    /// `never` for ever in a closed loop.
    ArrivalSchedule(Arrival arrival, Ticks start, unsigned thread, unsigned threads,
                    std::uint64_t seed)
        : arrival_(std::move(arrival)), start_(start), thread_(thread), threads_(threads),
          random_(seed, 0xa221fa1ULL, thread) {
        advance();
    }

    /// When the next operation is due.
    Ticks next() const { return next_; }
    void advance();

  private:
    Arrival arrival_;
    Ticks start_;
    unsigned thread_;
    unsigned threads_;
    Random random_;
    std::uint64_t count_ = 0;
    double offset_s_ = 0; ///< Poisson: sum of the gaps so far
    double arrivals_ = 0; ///< Steps: expected until the next one
    Ticks next_ = never;
};

} // namespace citusbench
