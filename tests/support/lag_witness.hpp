#pragma once

#include <atomic>
#include <thread>

#include "stats/histogram.hpp"

namespace citusbench::test {

/// Tells how late this machine wakes threads while it lives: one that sleeps for a millisecond at a
/// time notes by how much it overslept. What a client measures is at least so late.
class LagWitness {
  public:
    LagWitness();
    LagWitness(const LagWitness&) = delete;
    LagWitness& operator=(const LagWitness&) = delete;
    ~LagWitness() { stop(); }

    void stop();
    /// After stop(), in nanoseconds.
    const Histogram& lag() const { return lag_; }
    /// After stop(): whether the machine was too late to measure fractions of a millisecond on it.
    bool was_disturbed() const;

  private:
    void watch();

    std::atomic<bool> stopping_{false};
    Histogram lag_;
    std::thread thread_;
};

} // namespace citusbench::test
