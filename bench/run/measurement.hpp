#pragma once

#include <exception>
#include <functional>
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
#include "run/load_stage.hpp"
#include "run/warm_up.hpp"
#include "target/run_target.hpp"
#include "verify/ledger.hpp"
#include "worker/worker_pool.hpp"

namespace citusbench {

/// The warm-up and the measuring, on the same connections: from the first operation to the last
/// outcome. Main thread only.
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
    /// The start of measuring; where it was not reached, the end of the warm-up.
    Ticks zero() const { return zero_; }
    /// CPU time of the client while it loaded, the checking of answers left out.
    Ticks cpu() const { return cpu_; }
    /// Whether the numbers are reliable. After run().
    ClientHealth client_health() const;

  private:
    void warm_up();
    void measure();
    void start_answers();
    void run_stage(LoadStage& stage, const std::function<void(Ticks now)>& attend);
    void stop_load();
    void collect();
    void follow(std::vector<WorkerBatch>& batches);
    void follow_recovery(const std::vector<WorkerBatch>& batches);
    bool is_in_doubt(const Completion& write, const std::vector<Outage>& outages) const;
    void pass_on(std::vector<WriteOutcome> writes, std::vector<WorkerBatch>& batches);
    void show_progress(Ticks now);

    const Plan& plan_;
    const RunTarget& target_;
    const LoadPlan& load_;
    const StopFlag& stop_;
    ReporterGroup& reporters_;
    WorkerPool& pool_;
    BatchQueue& batch_queue_;
    Ticks epoch_; ///< zero of the ledger's times: the start of the first load
    Ticks zero_;
    std::optional<LoadStage> warmup_; ///< destroyed after the fault thread
    std::optional<LoadStage> measured_;
    LoadStage* stage_ = nullptr;            ///< the one under way, or the last
    std::optional<WarmUpInfo> warmup_info_; ///< of one that ended by itself
    std::function<void(const std::vector<WorkerBatch>&)> on_batches_; ///< besides; may be null
    std::optional<FaultThread> faults_;
    std::vector<OperationInfo> operations_;
    std::shared_ptr<Ledger> ledger_;
    std::shared_ptr<const KeyGroups> groups_;
    std::optional<Recovery> recovery_;      ///< in runs with faults
    std::vector<Ticks> until_;              ///< by thread: what ended before has been received
    std::unique_ptr<AnswerThread> answers_; ///< null where none are checked
    std::vector<Ticks> complete_until_;     ///< by thread of load, see AnswerThread
    std::exception_ptr failure_;
    Ticks cpu_ = 0;
    ClientHealthMonitor health_monitor_;
};

} // namespace citusbench
