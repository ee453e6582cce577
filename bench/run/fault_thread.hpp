#pragma once

#include <condition_variable>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "run/mailbox.hpp"
#include "run/plan.hpp"
#include "run/worker.hpp"

namespace citusbench {

/// How long a node was down, for the sentences.
struct Outage {
    std::string kind;
    std::vector<std::string> nodes;
    Ticks confirmed = 0;
    Ticks healed = never; ///< never: it was not healed
};

/// Injects the plan's faults at their times and heals them, on a thread of its own because both
/// block. Announces the phases `during` and `after` on the run's clock and sets its end.
class FaultThread {
  public:
    FaultThread(const Plan& plan, LocalCluster& cluster, RunControl& control);
    FaultThread(const FaultThread&) = delete;
    FaultThread& operator=(const FaultThread&) = delete;
    ~FaultThread(); ///< stop()

    /// Ends the waiting between faults. What is broken stays broken: see heal_rest().
    void stop();
    /// Heals what is still broken, after the load; a planned heal or one after Ctrl-C.
    /// Tries every one, then throws the first RunError.
    void heal_rest();

    /// Names of segments announced since the last call, in order; and events.
    std::vector<std::string> take_segments();
    std::vector<WorkerEvent> take_events();
    /// Why a fault could not be injected or healed; null if all went well.
    std::exception_ptr failure() const;
    std::vector<Outage> outages() const;

  private:
    struct Step {
        Ticks at;
        std::size_t fault;
        bool inject;
    };
    void run();
    void inject(std::size_t fault);
    void heal(std::size_t fault);
    bool sleep_until(Ticks at);
    void announce(const std::string& phase);
    void tell(Ticks at, const std::string& kind, std::size_t fault, const std::string& detail);

    const Plan& plan_;
    RunControl& control_;
    std::vector<FaultSpec> specs_;
    std::vector<std::unique_ptr<Fault>> faults_;
    std::vector<Step> steps_;
    std::vector<bool> broken_;
    Ticks last_confirmed_ = 0; ///< of a fault or its healing

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::exception_ptr failure_;
    std::vector<std::string> segments_;
    std::vector<WorkerEvent> events_;
    std::vector<Outage> outages_;
    std::string phase_ = "before";
    std::thread thread_;
};

} // namespace citusbench
