#pragma once

#include <optional>
#include <string>
#include <vector>

#include "load/phase_clock.hpp"
#include "measure/steadiness.hpp"
#include "plan/plan.hpp"
#include "record/run_details.hpp"

namespace citusbench {

/// The load before the measuring: how long it lasts and, for --rate auto, which rate its closed
/// loop reaches. Main thread only.
class WarmUp {
  public:
    static constexpr Ticks max_time = 30 * ticks_per_second;
    /// How long the closed loop goes on, once it is steady, to find its rate.
    static constexpr Ticks calibration = 2 * ticks_per_second;
    /// The open loop's rate as a share of the closed loop's.
    static constexpr double rate_share = 0.5;

    /// Whether the plan needs one.
    static bool is_needed(const Plan& plan) {
        return plan.finds_rate || !plan.warmup || plan.warmup->count() > 0;
    }
    /// It begins at `start`. Keeps references.
    WarmUp(const Plan& plan, Ticks start, PhaseClock& clock);

    /// What the threads published since the last call.
    void add(const std::vector<WorkerBatch>& batches) {
        if (!plan_.warmup || plan_.finds_rate) steadiness_.add(batches);
    }
    /// Ends the load when it is time; called about a hundred times a second.
    void attend(Ticks now);

    /// Once it has ended.
    WarmUpInfo info() const;
    /// A line for people.
    static std::string line(const WarmUpInfo& info);

  private:
    bool is_warm(Ticks now);

    const Plan& plan_;
    Ticks start_;
    PhaseClock& clock_;
    Steadiness steadiness_;
    std::optional<Ticks> warm_at_; ///< from then on the closed loop's rate is measured
    bool gave_up_ = false;         ///< it was not steady in time
};

/// Two significant digits of half of what a closed loop reached.
double rate_from_closed_loop(double ok_per_s);

} // namespace citusbench
