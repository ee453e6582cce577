#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "record/run_details.hpp"
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
    static constexpr Ticks max_send_lag = 1'000'000; ///< of 99.9 % of the operations
    static constexpr double max_saturated = 0.05;    ///< of the threads' seconds
    static constexpr double max_steal = 0.05;        ///< of the machine's processor time

    LoopRecord loop; ///< of all threads
    double wall_s = 0;
    std::optional<double> steal; ///< share; none if /proc/stat does not have it

    /// Why the numbers are unreliable; empty if they are reliable.
    std::vector<std::string> warnings() const;
    /// "client: …", one line for the summary.
    std::string summary() const;
    /// The figures behind the verdict, for run.json.
    ClientHealthFigures figures() const;
    /// Adds the figures of a later load.
    void merge(const ClientHealth& other);
};

/// Takes the times of a load that ClientHealth needs. Main thread only.
class ClientHealthMonitor {
  public:
    void begin();
    void end();
    /// Once it has ended; `loop` of all its threads.
    ClientHealth health(LoopRecord loop) const;

  private:
    Ticks begun_ = 0;
    Ticks ended_ = 0;
    std::optional<MachineTime> before_;
    std::optional<MachineTime> after_;
};

} // namespace citusbench
