#pragma once

#include <optional>
#include <string>

#include "core/stop_flag.hpp"
#include "plan/plan.hpp"
#include "record/reporter.hpp"
#include "record/run_record.hpp"
#include "target/run_target.hpp"
#include "worker/load_plan.hpp"

namespace citusbench {

/// What an ExperimentSession has prepared: the target is open and holds the data. It lives as long
/// as the session.
struct Prepared {
    const RunTarget& target;
    LoadPlan load;
    const StopFlag& stop;
    ReporterGroup& reporters;
    const StatusSink& report_status;
    RunRecord& record;
};

/// The measurement of a session: a run, a search for a capacity, a suite. An ExperimentSession
/// calls the functions in the order below, each once, on the main thread. An exception of measure()
/// or heal() becomes the record's status; the others throw RunError, UsageError or Interrupted
/// through the session.
class Experiment {
  public:
    virtual ~Experiment() = default;
    /// The plan of the load as it is described and sent.
    virtual const Plan& load_plan() const = 0;
    /// Refuses an unsuitable target before anything is loaded.
    virtual void check_target(const RunTarget& target) const { (void)target; }
    /// Adds to the record what is known before the load, and gets ready. `prepared` stays valid.
    virtual void prepare(Prepared& prepared) = 0;
    /// Returns when every operation has its outcome.
    virtual void measure() = 0;
    /// The start of measuring on the run's clock; none where it was not reached.
    virtual std::optional<Ticks> zero() const = 0;
    /// Heals what measure() injected; nothing where nothing was.
    virtual void heal() {}
    /// Puts what was measured into the record, with the ledger. `monitor_cpu` is the CPU time that
    /// the sampling of nodes took until measure() returned.
    virtual void collect(Ticks monitor_cpu) = 0;
    /// Why missing copies of shards are no failure; empty if they are one. `not_healed`: the plan
    /// left heal() out.
    virtual std::string accepted_degradation(bool not_healed) const {
        (void)not_healed;
        return {};
    }
    /// After the verification: the results in words.
    virtual void conclude() = 0;
    /// The exit code, unless the record has a reason for another one.
    virtual int exit_code() const { return 0; }
};

} // namespace citusbench
