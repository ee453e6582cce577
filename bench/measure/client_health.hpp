#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "record/run_details.hpp"
#include "stats/op_stats.hpp"
#include "worker/event_loop_stats.hpp"

namespace citusbench {

/// The machine's processor time since it started, in ticks of /proc/stat.
struct MachineTime {
    std::uint64_t all = 0;
    std::uint64_t stolen = 0; ///< by other virtual machines
    static std::optional<MachineTime> now();
};

/// Whether a run's own numbers are reliable: the client sent in time and had enough CPU time.
struct ClientHealth {
    /// How late operations may be sent without a word, and as a share of the response time at the
    /// same quantile: 3 ms spoil a p99.9 of 4 ms, and not one of 300 ms.
    static constexpr Ticks max_send_lag = 200'000;
    static constexpr double max_lag_share = 0.1;
    static constexpr Ticks max_stall = 100'000'000; ///< of a thread
    static constexpr double max_saturated = 0.05;   ///< of the threads' seconds
    static constexpr double max_steal = 0.05;       ///< of the machine's processor time

    LoopRecord loop; ///< of all threads
    Ticks zero = 0;  ///< of the run's clock
    double wall_s = 0;
    std::optional<double> steal; ///< share; none if /proc/stat does not have it

    /// What disturbed the client, and which numbers that can have changed by how much; empty if
    /// they are reliable. `responses`: of the ok operations of each phase that was measured.
    std::vector<std::string> warnings(std::span<const Histogram> responses) const;
    /// "client: …", one line for the summary.
    std::string summary() const;
    /// The figures behind the verdict, for run.json.
    ClientHealthFigures figures() const;
    /// Adds the figures of a later load.
    void merge(const ClientHealth& other);

  private:
    std::string lag_warning(std::span<const Histogram> responses) const;
};

/// Of the ok operations of all kinds together.
Histogram ok_responses(std::span<const OpStats> kinds);

/// Takes the times of a load that ClientHealth needs. Main thread only.
class ClientHealthMonitor {
  public:
    void begin();
    void end();
    /// Once it has ended; `loop` of all its threads.
    ClientHealth health(LoopRecord loop, Ticks zero) const;

  private:
    Ticks begun_ = 0;
    Ticks ended_ = 0;
    std::optional<MachineTime> before_;
    std::optional<MachineTime> after_;
};

} // namespace citusbench
