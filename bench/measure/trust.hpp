#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/time.hpp"
#include "worker/loop_watch.hpp"

namespace citusbench {

/// The machine's processor time since it started, in ticks of /proc/stat.
struct MachineTime {
    std::uint64_t all = 0;
    std::uint64_t stolen = 0; ///< by other virtual machines
    static std::optional<MachineTime> now();
};

/// How far a run's own numbers can be trusted: whether the client was in time, and had time.
struct Trust {
    static constexpr Ticks most_send_lag = 1'000'000; ///< of 99.9 % of the operations
    static constexpr double most_saturated = 0.05;    ///< of the threads' seconds
    static constexpr double most_steal = 0.05;        ///< of the machine's processor time

    LoopRecord loop; ///< of all threads
    double wall_s = 0;
    std::optional<double> steal; ///< share; none where /proc/stat does not tell

    /// Why not; empty: they can be trusted.
    std::vector<std::string> doubts() const;
    /// "client: …", one line for the summary.
    std::string tell() const;
    nlohmann::ordered_json to_json() const;
    /// Of one load and another after it.
    void merge(const Trust& other);
};

/// Takes the times of a load that Trust needs. Main thread only.
class TrustWatch {
  public:
    void begin();
    void end();
    /// Once it has ended; `loop` of all its threads.
    Trust trust(LoopRecord loop) const;

  private:
    Ticks begun_ = 0;
    Ticks ended_ = 0;
    std::optional<MachineTime> before_;
    std::optional<MachineTime> after_;
};

} // namespace citusbench
