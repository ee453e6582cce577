#include "run/measurement.hpp"

#include <algorithm>
#include <thread>

#include "core/time.hpp"
#include "record/summarize.hpp"

namespace citusbench {
namespace {

constexpr Ticks progress_every = 1'000'000'000;
constexpr auto main_loop_pause = std::chrono::milliseconds(10);
constexpr Ticks head_start = 20'000'000;
/// The parts of a load that several processes make begin to measure at one moment: what the warm-up
/// has in flight should have its outcome by then.
constexpr Ticks part_pause = 100'000'000;

double planned_seconds(const Plan& plan) {
    const auto length = plan.faults.empty() ? plan.duration
                        : plan.heal         ? plan.before + plan.during + plan.after
                                            : plan.before + plan.during;
    return plan.repeat * to_seconds(to_ticks(length));
}

/// 0 where it is not known beforehand.
double warm_up_seconds(const Plan& plan) {
    return plan.warmup ? to_seconds(to_ticks(*plan.warmup)) : 0;
}

std::string what(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "unknown exception";
    }
}

/// A heal that Ctrl-C cut short, which is no failure of the run.
bool is_interrupt(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const Interrupted&) {
        return true;
    } catch (...) {
        return false;
    }
}

/// Only Citus acknowledges a transaction that it could not commit everywhere.
bool may_leave_in_doubt(const Plan& plan, const RunTarget& target) {
    return !plan.faults.empty() && target.deployment.engine == Engine::citus;
}

} // namespace

Measurement::Measurement(const Plan& plan, const RunTarget& target, const LoadPlan& load,
                         WorkerPool& pool, BatchQueue& batch_queue, const StopFlag& stop,
                         ReporterGroup& reporters, const RunRecord& record)
    : plan_(plan), target_(target), load_(load), stop_(stop), reporters_(reporters), pool_(pool),
      batch_queue_(batch_queue), epoch_(load.start.value_or(now_ticks() + head_start)),
      zero_(epoch_), operations_(record.operations),
      ledger_(std::make_shared<Ledger>(load.slice.thread_count(load.threads), load.identity.run)),
      groups_(load.groups), until_(load.threads), complete_until_(load.threads) {
    if (!load.checked_kinds.empty()) start_answers();
}

void Measurement::start_answers() {
    const auto checker = [&] {
        return load_.workload->answer_checker(load_.identity, load_.weights);
    };
    answers_ = std::make_unique<AnswerThread>(
        checker(), load_.weights.size(), may_leave_in_doubt(plan_, target_) ? checker() : nullptr);
}

/// The workers use the clock, so all must have ended before it is destroyed.
Measurement::~Measurement() {
    stop_load();
}

void Measurement::stop_load() {
    if (stage_) stage_->control.stop();
    pool_.join();
}

void Measurement::run() {
    const auto cpu_before = process_cpu();
    if (WarmUp::is_needed(plan_)) warm_up();
    if (!stop_.requested() && !pool_.failure()) measure();
    failure_ = pool_.join();
    cpu_ = process_cpu() - cpu_before - (answers_ ? answers_->cpu() : 0);
    if (faults_) faults_->stop();
    collect();
    if (!failure_ && faults_) failure_ = faults_->failure();
}

/// A load of its own, which ends when it is warm; of several client machines, so that they begin to
/// measure together.
void Measurement::warm_up() {
    const Ticks pause = load_.start ? part_pause : 0;
    auto& stage = warmup_.emplace(load_, operations_, epoch_,
                                  plan_.finds_rate ? Arrival(Closed{}) : load_.arrival, 0);
    stage.collector.name_segment(std::string(warmup_phase));
    if (load_.start) stage.control.clock.set_end(epoch_ + to_ticks(*plan_.warmup) - pause);
    WarmUp warm_up(plan_, epoch_, stage.control.clock);
    on_batches_ = [&](const auto& batches) { warm_up.add(batches); };
    run_stage(stage, [&](Ticks now) {
        if (!load_.start) warm_up.attend(now);
    });
    on_batches_ = nullptr;
    zero_ = std::min(stage.control.clock.end(), now_ticks()); // if it is the last stage
    if (stop_.requested() || pool_.failure()) return;
    warmup_info_ = warm_up.info();
    reporters_.message(WarmUp::line(*warmup_info_), false);
    if (plan_.finds_rate && !(*warmup_info_->rate > 0))
        throw RunError(
            "--rate auto: no operation succeeded in the closed loop that was to find the "
            "rate; errors.csv says why");
}

void Measurement::measure() {
    if (load_.start)
        zero_ = epoch_ + to_ticks(*plan_.warmup);
    else if (warmup_)
        zero_ = now_ticks() + head_start;
    const auto rate = warmup_info_ ? warmup_info_->rate : std::nullopt;
    auto& stage = measured_.emplace(load_, operations_, zero_,
                                    rate ? with_rate(load_.arrival, *rate) : load_.arrival,
                                    ledger_->end_of_block());
    const auto* first = plan_.faults.empty() ? "steady" : "before";
    stage.collector.name_segment(first);
    stage.collector.add_event({0, "phase", first, ""});
    if (plan_.faults.empty()) {
        stage.control.clock.set_end(zero_ + to_ticks(plan_.duration));
    } else {
        recovery_.emplace(operations_, *groups_, zero_, load_.timeout, plan_.faults.size());
        // A cluster that outlives the run is healed after Ctrl-C, too.
        static const StopFlag never_stop;
        faults_.emplace(plan_, *target_.cluster, stage.control, target_.own ? stop_ : never_stop);
    }
    health_monitor_.begin();
    run_stage(stage, [](Ticks) {});
    health_monitor_.end();
}

/// Until the last operation of the load has its outcome.
void Measurement::run_stage(LoadStage& stage, const std::function<void(Ticks now)>& attend) {
    stage_ = &stage;
    pool_.start(stage.control);
    auto next_progress = stage.start() + progress_every;
    while (pool_.running()) {
        std::this_thread::sleep_for(main_loop_pause);
        collect();
        const auto now = now_ticks();
        attend(now);
        if (stop_.requested()) stage.control.interrupt(now, stop_.urgent());
        if (now >= next_progress) {
            show_progress(now);
            next_progress += progress_every;
        }
    }
    collect();
}

void Measurement::finish(RunRecord& record) {
    if (pool_.running()) stop_load(); // run() threw
    if (stage_) collect();
    const auto end_of = [](const LoadStage& stage) {
        return std::min(stage.control.clock.end(), now_ticks());
    };
    record.details.warmup = warmup_info_;
    if (warmup_info_ && warmup_info_->rate) record.labels.rate_target = warmup_info_->rate;
    if (recovery_) {
        recovery_->finish(end_of(*measured_), outages());
        record.recovery = recovery_->rows(outages());
    }
    record.zero_wall_us = wall_clock_us() - (now_ticks() - zero_) / 1000;
    if (measured_)
        measured_->collector.finish(measured_->control.clock, end_of(*measured_), record);
    if (warmup_) {
        RunRecord part;
        warmup_->collector.finish(warmup_->control.clock, end_of(*warmup_), part);
        prepend_warmup(std::move(part), to_seconds(zero_ - warmup_->start()), record);
    }
    if (failure_ && !is_interrupt(failure_)) {
        record.status = RunStatus::failed;
        record.failure = what(failure_);
    } else if (stop_.requested() && record.status == RunStatus::complete) {
        record.status = RunStatus::interrupted;
    }
}

void Measurement::heal_rest() {
    if (!faults_) return;
    try {
        faults_->heal_rest();
    } catch (...) {
        if (!failure_) failure_ = std::current_exception();
    }
}

std::vector<Outage> Measurement::outages() const {
    return faults_ ? faults_->outages() : std::vector<Outage>();
}

void Measurement::collect() {
    auto batches = batch_queue_.take();
    if (on_batches_) on_batches_(batches);
    follow(batches);
    auto& collector = stage_->collector;
    if (faults_) {
        // Names first: a batch may hold windows of a segment announced just before.
        for (auto& name : faults_->take_segments()) collector.name_segment(std::move(name));
        WorkerBatch fault_batch;
        fault_batch.events = faults_->take_events();
        batches.push_back(std::move(fault_batch));
    }
    collector.add(batches);
    collector.finalize_intervals(now_ticks());
    for (const auto& event : collector.take_new_events())
        reporters_.show([&](Reporter& reporter) { reporter.event(event); });
}

ClientHealth Measurement::client_health() const {
    return health_monitor_.health(pool_.loop_record(), zero_);
}

void Measurement::show_progress(Ticks now) {
    const bool is_warmup = !measured_;
    auto progress = stage_->collector.progress(to_seconds(progress_every));
    progress.elapsed_s = to_seconds(now - stage_->start());
    progress.total_s = is_warmup ? warm_up_seconds(plan_) : planned_seconds(plan_);
    const auto& names = stage_->collector.segment_names();
    progress.phase = names[std::min(stage_->control.clock.segment_at(now), names.size() - 1)];
    reporters_.show([&](Reporter& reporter) { reporter.progress(progress); });
}

} // namespace citusbench
