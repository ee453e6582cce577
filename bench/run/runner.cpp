#include "run/runner.hpp"

#include "run/describe.hpp"
#include "run/measurement.hpp"
#include "run/narrative.hpp"
#include "target/start_time.hpp"
#include "worker/connect_throttle.hpp"

namespace citusbench {
namespace {

/// One load, with the plan's faults in it.
class Run final : public Experiment {
  public:
    explicit Run(const Plan& plan) : plan_(plan) {}

    const Plan& load_plan() const override { return plan_; }

    void prepare(Prepared& prepared) override {
        prepared_ = &prepared;
        pool_.emplace(prepared.load, batch_queue_);
        pool_->connect(connect_timeout(prepared.load), prepared.stop);
        if (!plan_.start_at_us) return;
        const auto clock = measure_clock(prepared.target.deployment.entry_conninfo, prepared.stop);
        prepared.record.details.server_clock = {clock.offset_us, clock.round_trip_us};
        prepared.load.start = ticks_at(*plan_.start_at_us, clock);
    }

    void measure() override {
        measurement_.emplace(plan_, prepared_->target, prepared_->load, *pool_, batch_queue_,
                             prepared_->stop, prepared_->reporters, prepared_->record);
        measurement_->run();
    }

    std::optional<Ticks> zero() const override {
        if (!measurement_) return std::nullopt;
        return measurement_->zero();
    }
    void heal() override {
        if (measurement_) measurement_->heal_rest();
    }

    void collect(Ticks monitor_cpu) override {
        if (!measurement_) return; // it could not begin
        auto& record = prepared_->record;
        client_cpu_ = measurement_->cpu() - monitor_cpu;
        measurement_->finish(record);
        record.ledger = measurement_->ledger();
        answers_ = measurement_->finish_answers(prepared_->stop.requested());
    }

    std::string accepted_degradation(bool not_healed) const override {
        if (not_healed) return "not repaired because of --no-heal";
        if (!measurement_) return {};
        for (const auto& outage : measurement_->outages())
            if (!outage.error.empty()) return "not repaired because the operator failed";
        return {};
    }

    void conclude() override {
        if (!measurement_) return;
        auto& record = prepared_->record;
        describe_end(pool_->cost(), client_cpu_, pool_->cancels(), measurement_->client_health(),
                     record);
        add_answers(answers_, record, measurement_->zero());
        const auto summary = fault_summary();
        describe_faults(summary, record);
        record.narrative = summarize_run(record, summary);
    }

  private:
    FaultSummary fault_summary() const {
        FaultSummary summary{measurement_->outages(),
                             measurement_->key_outages(),
                             std::string(plan_.workload->key_noun()),
                             {},
                             measurement_->zero()};
        const auto& deployment = prepared_->target.deployment;
        if (deployment.engine == Engine::citus && deployment.replication > 1)
            summary.policy = plan_.operator_policy.to_string();
        return summary;
    }

    const Plan& plan_;
    Prepared* prepared_ = nullptr;
    BatchQueue batch_queue_;
    std::optional<WorkerPool> pool_;
    std::optional<Measurement> measurement_;
    AnswerChecking answers_;
    Ticks client_cpu_ = 0;
};

} // namespace

int run_plan(const Plan& plan, const StopFlag& stop, Reporters& reporters, std::string run_name,
             const SaveRecord& save) {
    Run run(plan);
    return ExperimentSession(plan, stop, reporters, std::move(run_name)).run(run, save);
}

} // namespace citusbench
