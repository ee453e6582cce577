#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/stop_flag.hpp"
#include "measure/collector.hpp"
#include "measure/trust.hpp"
#include "plan/plan.hpp"
#include "record/reporter.hpp"
#include "worker/crew.hpp"

namespace citusbench {

/// A stretch of a probe with one rate; counted as the phase of its name.
struct ProbeStretch {
    std::string phase;
    Nanoseconds length{};
    double rate = 0; ///< operations per second; 0: closed loop, for the whole probe
};

/// The counts of a stretch, by operation kind.
using StretchCounts = std::vector<OpStats>;

struct ProbeSpec {
    std::vector<ProbeStretch> stretches; ///< without gaps, on the same connections
    /// Asked some ten times a second with what has its outcome, by stretch, and the seconds since
    /// the first began; true ends the probe: what waits to be sent is skipped.
    std::function<bool(std::span<const StretchCounts> so_far, double elapsed_s)> enough;
};

struct ProbeResult {
    std::vector<StretchCounts> counts; ///< by stretch
    std::vector<double> lengths_s;     ///< by stretch, as far as it came
    bool cut_short = false;            ///< by `enough`
    bool interrupted = false;
    double client_cpu = 0; ///< CPU time by time and thread, while the load ran
    Trust trust;
};

/// Sends one load after the other at a target whose data are loaded, each with connections of its
/// own. All share a run number and one ledger: the indices of the next begin behind those of the
/// last, so that no id comes twice and everything is verified together. All share one clock, too,
/// which is zero when the first begins to be measured. Main thread only.
class Prober {
  public:
    using Reporters = std::vector<std::unique_ptr<Reporter>>;

    /// What is measured is added to `record`. All must outlive the prober.
    Prober(const Plan& plan, LoadPlan load, const StopFlag& stop, Reporters& reporters,
           RunRecord& record);

    /// Returns when every operation has its outcome. Throws RunError when the connections cannot be
    /// had or a worker failed, Interrupted while it connects.
    ProbeResult run(const ProbeSpec& spec);

    /// An event of now, for the record and for people.
    void add_event(const std::string& kind, const std::string& subject, const std::string& detail);
    /// A line for people.
    void tell(std::string_view line, bool passing);

    std::shared_ptr<const Ledger> ledger() const { return ledger_; }
    /// Nothing before the first load.
    std::optional<Ticks> zero() const { return zero_; }
    const WorkerCost& cost() const { return cost_; }
    const Canceller::Counts& cancels() const { return cancels_; }
    Ticks cpu() const { return cpu_; }
    /// Over all the loads.
    const Trust& trust() const { return trust_; }

  private:
    class Load;
    LoadPlan next_load(const ProbeSpec& spec) const;
    void add(RunRecord part);
    void add(ErrorClass error);
    void count(const Crew& crew);
    template <typename Call>
    void show(Call call);

    const Plan& plan_;
    LoadPlan load_;
    const StopFlag& stop_;
    Reporters& reporters_;
    RunRecord& record_;
    std::shared_ptr<Ledger> ledger_;
    std::optional<Ticks> zero_;
    WorkerCost cost_;
    Canceller::Counts cancels_;
    Ticks cpu_ = 0;
    Trust trust_;
};

} // namespace citusbench
