#pragma once

#include <functional>
#include <string>

#include "core/stop_flag.hpp"
#include "plan/plan.hpp"
#include "record/reporter.hpp"
#include "run/experiment.hpp"
#include "target/run_target.hpp"
#include "target/schema.hpp"

namespace citusbench {

/// Says how many rows were loaded and how fast; nothing where none were.
void report_loaded(const PreparedSchema& schema, const StatusSink& report_status);

/// With --keep, leaves the cluster running and says how to reach and to remove it.
void keep_cluster(const Plan& plan, RunTarget& target, const StatusSink& report_status);

/// Receives the record, before a cluster of the session's own is removed.
using SaveRecord = std::function<void(const RunRecord& record)>;

/// The steps of every command that measures: open the target, load the data, let the experiment
/// measure, heal, compare the database with what was acknowledged, save, and only then remove an
/// own cluster. Throws RunError or UsageError (nothing measured yet), or Interrupted during the
/// set-up. Once the measuring has begun, nothing measured is lost: the record's status says how it
/// ended.
class ExperimentSession {
  public:
    /// All must outlive the session. `plan` says what the target is and how it is verified.
    ExperimentSession(const Plan& plan, const StopFlag& stop, Reporters& reporters,
                      std::string run_name)
        : plan_(plan), stop_(stop), reporters_(reporters), run_name_(std::move(run_name)) {}

    /// The exit code.
    int run(Experiment& experiment, const SaveRecord& save);

  private:
    /// True if the user interrupted it.
    bool measure(Experiment& experiment, const RunTarget& target, RunRecord& record);
    /// Faults stay, as --no-heal says. A cluster of our own is removed anyway.
    bool leaves_broken(const RunTarget& target) const { return !target.own && !plan_.heal; }

    const Plan& plan_;
    const StopFlag& stop_;
    ReporterGroup reporters_;
    std::string run_name_;
};

} // namespace citusbench
