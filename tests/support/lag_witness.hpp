#pragma once

#include <atomic>
#include <thread>

#include "os/unique_fd.hpp"
#include "stats/histogram.hpp"

namespace citusbench::test {

/// Tells how late things are on this machine while it lives: every two milliseconds one thread
/// sends a few bytes over loopback TCP to another that sleeps, and that one notes how long they
/// were on their way. No client can see an answer earlier.
class LagWitness {
  public:
    /// Throws std::system_error.
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
    void send_stamps() const;
    void receive_stamps();

    std::atomic<bool> stopping_{false};
    Histogram lag_;
    UniqueFd sender_;
    UniqueFd receiver_;
    std::thread sending_;
    std::thread receiving_;
};

} // namespace citusbench::test
