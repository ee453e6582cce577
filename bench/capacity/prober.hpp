#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/stop_flag.hpp"
#include "measure/client_health.hpp"
#include "measure/collector.hpp"
#include "plan/plan.hpp"
#include "record/reporter.hpp"
#include "worker/worker_pool.hpp"

namespace citusbench {

/// A phase of a probe, with one rate.
struct ProbePhase {
    std::string name;
    Nanoseconds length{};
    double rate = 0; ///< operations per second; 0: closed loop, for the whole probe
};

/// The counts of a phase, by operation kind.
using PhaseCounts = std::vector<OpStats>;

struct ProbeSpec {
    std::vector<ProbePhase> phases; ///< without gaps, on the same connections
    /// Called about ten times a second with the counts of finished operations, by phase, and the
    /// seconds since the first phase began; true ends the probe: what waits to be sent is skipped.
    std::function<bool(std::span<const PhaseCounts> so_far, double elapsed_s)> stop_early;
    /// The only phase ends when the load is steady, at the latest after its length.
    bool until_steady = false;
};

struct ProbeResult {
    std::vector<PhaseCounts> counts; ///< by phase
    std::vector<double> lengths_s;   ///< by phase, up to where it ended
    bool cut_short = false;          ///< by `stop_early`
    bool interrupted = false;
    bool steady = false;   ///< of a load until it is steady: it became so
    double client_cpu = 0; ///< CPU time by time and thread, while the load ran
    ClientHealth client_health;
};

/// Sends one load after the other at a target whose data are loaded, on the same connections, so
/// that only the first meets cold ones. All share a run number and one ledger: the indices of the
/// next begin behind those of the last, so that no id comes twice and everything is verified
/// together. All share one clock, too, which is zero when the first begins to be measured. Main
/// thread only.
class Prober {
  public:
    /// What is measured is added to `record`. All must outlive the prober.
    Prober(const Plan& plan, LoadPlan load, const StopFlag& stop, ReporterGroup& reporters,
           RunRecord& record);

    /// Returns when every operation has its outcome. Throws RunError when the connections cannot be
    /// had or a worker failed, Interrupted while it connects.
    ProbeResult run(const ProbeSpec& spec);
    /// Closes the connections; no load follows.
    void end() { pool_.join(); }

    /// An event of now, for the record and for people.
    void add_event(const std::string& kind, const std::string& subject, const std::string& detail);
    /// A line for people.
    void report_status(std::string_view line, bool passing);

    std::shared_ptr<const Ledger> ledger() const { return ledger_; }
    /// Nothing before the first load.
    std::optional<Ticks> zero() const { return zero_; }
    WorkerCost cost() const { return pool_.cost(); }
    Canceller::Counts cancels() const { return pool_.cancels(); }
    Ticks cpu() const { return cpu_; }
    /// Over all the loads.
    const ClientHealth& client_health() const { return client_health_; }

  private:
    class Load;
    void add(const RunRecord& part);

    const Plan& plan_;
    LoadPlan load_;
    const StopFlag& stop_;
    ReporterGroup& reporters_;
    RunRecord& record_;
    std::shared_ptr<Ledger> ledger_;
    BatchQueue batch_queue_;
    WorkerPool pool_;
    bool connected_ = false;
    std::optional<Ticks> zero_;
    Ticks cpu_ = 0;
    ClientHealth client_health_;
};

} // namespace citusbench
