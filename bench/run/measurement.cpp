#include "run/measurement.hpp"

#include <algorithm>
#include <thread>

#include "core/time.hpp"

namespace citusbench {
namespace {

constexpr Ticks progress_every = 1'000'000'000;
constexpr auto main_loop_pause = std::chrono::milliseconds(10);

double planned_seconds(const Plan& plan) {
    const auto length = plan.faults.empty() ? plan.duration
                        : plan.heal         ? plan.before + plan.during + plan.after
                                            : plan.before + plan.during;
    return plan.repeat * to_seconds(to_ticks(length));
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
    : plan_(plan), stop_(stop), reporters_(reporters), pool_(pool), batch_queue_(batch_queue),
      start_(load.start.value_or(now_ticks() + 20'000'000)), zero_(start_ + to_ticks(plan.warmup)),
      control_(start_, zero_), collector_(record.operations, load.layout(), zero_, load.interval,
                                          load.outcome_horizon(), plan.slice.is_part()),
      operations_(record.operations),
      ledger_(std::make_shared<Ledger>(load.slice.thread_count(load.threads))),
      groups_(load.groups), until_(load.threads), complete_until_(load.threads),
      check_share_(load.check_share) {
    if (!load.checked_kinds.empty())
        answers_ = std::make_unique<AnswerThread>(
            load.workload->answer_checker(load.identity, load.weights), load.weights.size(),
            may_leave_in_doubt(plan, target)
                ? load.workload->answer_checker(load.identity, load.weights)
                : nullptr);
    const auto* first = plan.faults.empty() ? "steady" : "before";
    if (plan.warmup.count() > 0) {
        collector_.name_segment("warmup");
        control_.clock.announce(zero_);
    }
    collector_.name_segment(first);
    collector_.add_event({0, "phase", first, ""});
    if (plan.faults.empty()) {
        control_.clock.set_end(zero_ + to_ticks(plan.duration));
        return;
    }
    recovery_.emplace(record.operations, *groups_, zero_, load.timeout, plan.faults.size());
    // A cluster that outlives the run is healed after Ctrl-C, too.
    static const StopFlag never_stop;
    faults_.emplace(plan, *target.cluster, control_, target.own ? stop : never_stop);
}

/// The workers use the clock, so all must have ended before it is destroyed.
Measurement::~Measurement() {
    stop_load();
}

void Measurement::stop_load() {
    control_.stop();
    pool_.join();
}

void Measurement::run() {
    const auto cpu_before = process_cpu();
    health_monitor_.begin();
    pool_.start(control_);
    auto next_progress = zero_ - (zero_ - start_) / progress_every * progress_every;
    while (pool_.running()) {
        std::this_thread::sleep_for(main_loop_pause);
        collect();
        const auto now = now_ticks();
        if (stop_.requested()) control_.interrupt(now, stop_.urgent());
        if (now >= next_progress) {
            show_progress(now);
            next_progress += progress_every;
        }
    }
    failure_ = pool_.join();
    health_monitor_.end();
    cpu_ = process_cpu() - cpu_before - (answers_ ? answers_->cpu() : 0);
    if (faults_) faults_->stop();
    collect();
    if (!failure_ && faults_) failure_ = faults_->failure();
}

void Measurement::finish(RunRecord& record) {
    if (pool_.running()) stop_load(); // run() threw
    collect();
    if (recovery_) {
        recovery_->finish(std::min(control_.clock.end(), now_ticks()), outages());
        record.recovery = recovery_->rows(outages());
    }
    record.zero_wall_us = wall_clock_us() - (now_ticks() - zero_) / 1000;
    collector_.finish(control_.clock, std::min(control_.clock.end(), now_ticks()), record);
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
    follow(batches);
    if (faults_) {
        // Names first: a batch may hold windows of a segment announced just before.
        for (auto& name : faults_->take_segments()) collector_.name_segment(std::move(name));
        WorkerBatch fault_batch;
        fault_batch.events = faults_->take_events();
        batches.push_back(std::move(fault_batch));
    }
    collector_.add(batches);
    collector_.finalize_intervals(now_ticks());
    for (const auto& event : collector_.take_new_events())
        reporters_.show([&](Reporter& reporter) { reporter.event(event); });
}

/// The consumers of every single operation: the ledger, the recovery from faults, the checking of
/// answers.
void Measurement::follow(std::vector<WorkerBatch>& batches) {
    std::vector<WriteOutcome> writes;
    // After the batches were taken, so that every outage that affects one of them is known.
    const auto all_outages = outages();
    for (const auto& batch : batches) {
        for (const auto& each : batch.completions) {
            if (!operations_[each.kind].is_write) continue;
            ledger_->record(each.index, each.outcome, each.sent - zero_, each.done - zero_);
            if (answers_)
                writes.push_back({each.index, each.kind, each.outcome, each.sent, each.done,
                                  is_in_doubt(each, all_outages)});
        }
        if (recovery_) recovery_->add(batch.completions);
        until_[batch.thread] = batch.until;
        complete_until_[batch.thread] = batch.complete_until;
    }
    if (answers_ && !batches.empty()) pass_on(std::move(writes), batches);
    if (!recovery_) return;
    // Before the outages are read, so that they contain everything that is certain now.
    const auto until =
        std::min(*std::min_element(until_.begin(), until_.end()), faults_->certain_until());
    recovery_->advance(until, faults_->outages());
}

bool Measurement::is_in_doubt(const Completion& write, const std::vector<Outage>& outages) const {
    return std::any_of(outages.begin(), outages.end(), [&](const Outage& outage) {
        return groups_->affected(groups_->group_of(write.shard), outage.fault) &&
               was_failing(outage, write.sent, write.done);
    });
}

void Measurement::pass_on(std::vector<WriteOutcome> writes, std::vector<WorkerBatch>& batches) {
    std::vector<Answer> answers;
    for (auto& batch : batches)
        std::move(batch.answers.begin(), batch.answers.end(), std::back_inserter(answers));
    answers_->add(std::move(writes), std::move(answers),
                  *std::min_element(complete_until_.begin(), complete_until_.end()));
}

AnswerChecking Measurement::finish_answers(bool interrupted) {
    AnswerChecking checking{check_share_, answers_ != nullptr, {}};
    if (answers_) checking.report = answers_->finish(interrupted);
    return checking;
}

ClientHealth Measurement::client_health() const {
    return health_monitor_.health(pool_.loop_record());
}

std::vector<KeyOutage> Measurement::key_outages() const {
    if (!recovery_) return {};
    std::vector<std::uint64_t> keys(groups_->shards());
    const auto& workload = *plan_.workload;
    // A sample of evenly spaced keys is enough for a share.
    constexpr std::uint64_t max_keys = 1'000'000;
    const auto step = workload.key_count() / max_keys + 1;
    for (std::uint64_t i = 0; i < workload.key_count(); i += step)
        ++keys[static_cast<std::size_t>(groups_->shard_of(workload.key(i)))];
    return recovery_->key_outages(keys);
}

void Measurement::show_progress(Ticks now) {
    auto progress = collector_.progress(to_seconds(progress_every));
    progress.elapsed_s = to_seconds(now - zero_);
    progress.total_s = planned_seconds(plan_);
    progress.phase = collector_.segment_names()[std::min(control_.clock.segment_at(now),
                                                         collector_.segment_names().size() - 1)];
    reporters_.show([&](Reporter& reporter) { reporter.progress(progress); });
}

} // namespace citusbench
