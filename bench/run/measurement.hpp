#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <vector>

#include "core/stop_flag.hpp"
#include "measure/answer_check.hpp"
#include "measure/client_health.hpp"
#include "measure/collector.hpp"
#include "measure/recovery.hpp"
#include "plan/plan.hpp"
#include "record/reporter.hpp"
#include "run/fault_thread.hpp"
#include "target/run_target.hpp"
#include "verify/ledger.hpp"
#include "worker/worker_pool.hpp"

namespace citusbench {

/// The measuring itself: from the first operation to the last outcome. Main thread only.
class Measurement {
  public:
    Measurement(const Plan& plan, const RunTarget& target, const LoadPlan& load, WorkerPool& pool,
                BatchQueue& batch_queue, const StopFlag& stop, ReporterGroup& reporters,
                const RunRecord& record);
    ~Measurement();
    Measurement(const Measurement&) = delete;
    Measurement& operator=(const Measurement&) = delete;

    /// Returns when every operation has its outcome.
    void run();
    /// Puts what was measured into the record, with its status where that is no success.
    void finish(RunRecord& record);
    /// Heals the faults that are left; a failure to heal is one of the run.
    void heal_rest();

    /// Checks the answers that are left, unless interrupted. Once, after run().
    AnswerChecking finish_answers(bool interrupted);

    std::vector<Outage> outages() const;
    /// The outcome of every write; times are on the run's clock.
    std::shared_ptr<const Ledger> ledger() const { return ledger_; }
    /// The share of the keys that each fault took out of service.
    std::vector<KeyOutage> key_outages() const;
    Ticks zero() const { return zero_; }
    /// CPU time of the client while it loaded, the checking of answers left out.
    Ticks cpu() const { return cpu_; }
    /// Whether the numbers are reliable. After run().
    ClientHealth client_health() const;

  private:
    void stop_load();
    void collect();
    void follow(std::vector<WorkerBatch>& batches);
    bool is_in_doubt(const Completion& write, const std::vector<Outage>& outages) const;
    void pass_on(std::vector<WriteOutcome> writes, std::vector<WorkerBatch>& batches);
    void show_progress(Ticks now);

    const Plan& plan_;
    const StopFlag& stop_;
    ReporterGroup& reporters_;
    WorkerPool& pool_;
    BatchQueue& batch_queue_;
    Ticks start_;
    Ticks zero_;
    RunControl control_;
    Collector collector_;
    std::optional<FaultThread> faults_;
    std::vector<OperationInfo> operations_;
    std::shared_ptr<Ledger> ledger_;
    std::shared_ptr<const KeyGroups> groups_;
    std::optional<Recovery> recovery_;      ///< in runs with faults
    std::vector<Ticks> until_;              ///< by thread: what ended before has been received
    std::unique_ptr<AnswerThread> answers_; ///< null where none are checked
    std::vector<Ticks> complete_until_;     ///< by thread of load, see AnswerThread
    double check_share_;
    std::exception_ptr failure_;
    Ticks cpu_ = 0;
    ClientHealthMonitor health_monitor_;
};

} // namespace citusbench
