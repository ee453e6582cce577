#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "cluster/cluster.hpp"
#include "fault/fault.hpp"
#include "fault/operator_policy.hpp"
#include "measure/outage.hpp"
#include "plan/plan.hpp"
#include "worker/batch_queue.hpp"
#include "worker/worker.hpp"

namespace citusbench {

/// Injects the plan's faults at their times and heals them, cycle after cycle, and acts as the
/// operator; it has its own thread because all of that blocks. Announces the phases on the run's
/// clock and sets its end.
class FaultThread {
  public:
    FaultThread(const Plan& plan, Cluster& cluster, RunControl& control, const StopFlag& stop);
    FaultThread(const FaultThread&) = delete;
    FaultThread& operator=(const FaultThread&) = delete;
    ~FaultThread(); ///< stop()

    /// Ends the waiting between faults. Faults that are injected stay: see heal_rest().
    void stop();
    /// Heals the faults that are left after the load, as planned or after Ctrl-C. Tries every one,
    /// then throws the first RunError.
    void heal_rest();

    /// Names of segments announced since the last call, in order; and events.
    std::vector<std::string> take_segments();
    std::vector<WorkerEvent> take_events();
    /// Why a fault could not be injected or healed; null if all went well.
    std::exception_ptr failure() const;
    std::vector<Outage> outages() const;
    /// outages() is complete up to this time: an injection or healing in progress may turn out to
    /// have happened at any moment since it began.
    Ticks certain_until() const;

  private:
    enum class Action { inject, verify, disable, heal };
    struct Step {
        Ticks at;
        std::size_t fault;
        Action action;
    };
    void run();
    void run_cycle(int cycle, Ticks begin);
    void take(const Step& step);
    void inject(std::size_t fault);
    void disable(std::size_t fault);
    void heal(std::size_t fault, const std::string& detail);
    void restore(std::size_t fault);
    bool sleep_until(Ticks at);
    Ticks announce(const std::string& phase,
                   PhaseClock::InFlight in_flight = PhaseClock::InFlight::stay);
    void emit_event(Ticks at, const std::string& kind, const std::string& subject,
                    const std::string& detail);
    /// A step of the operator: two events, or one with its error.
    bool operate(std::size_t fault, const std::string& what, const std::string& subject,
                 const std::function<void()>& work);
    std::string nodes_of(std::size_t fault) const;
    /// The latest outage of this fault, to be changed under the lock.
    void change(std::size_t fault, const std::function<void(Outage&)>& work);
    /// While it exists, certain_until() stands still.
    class Uncertain;

    const Plan& plan_;
    RunControl& control_;
    std::vector<FaultSpec> specs_;
    std::vector<std::unique_ptr<Fault>> faults_;
    std::unique_ptr<CitusOperator> operator_; ///< null: no operator acts
    std::vector<Step> steps_;
    std::vector<bool> broken_;
    std::vector<bool> disabled_;
    Ticks last_confirmed_ = 0; ///< of a fault or its healing

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    Ticks uncertain_since_ = never;
    std::exception_ptr failure_;
    std::vector<std::string> segments_;
    std::vector<WorkerEvent> events_;
    std::vector<Outage> outages_;
    std::string phase_ = "before";
    std::thread thread_;
};

} // namespace citusbench
