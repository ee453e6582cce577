#include "run/measurement.hpp"

#include <algorithm>
#include <thread>

#include "core/cpu_time.hpp"

namespace citusbench {
namespace {

constexpr Ticks grace_after_interrupt = 1'000'000'000;
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

/// Names for the column `entry`; empty where it was not asked for.
std::vector<std::string> entries_of(const LoadPlan& load) {
    std::vector<std::string> names;
    if (load.by_entry)
        for (const auto& entry : load.entries) names.push_back(entry.name);
    return names;
}

/// Only Citus acknowledges a transaction that it could not commit everywhere.
bool may_leave_in_doubt(const Plan& plan, const Target& target) {
    return !plan.faults.empty() && target.deployment.engine == Engine::citus;
}

} // namespace

Measurement::Measurement(const Plan& plan, const Target& target, const LoadPlan& load, Crew& crew,
                         Mailbox& mailbox, const StopFlag& stop,
                         std::vector<std::unique_ptr<Reporter>>& reporters, const RunRecord& record)
    : plan_(plan), stop_(stop), reporters_(reporters), crew_(crew), mailbox_(mailbox),
      start_(load.start.value_or(now_ticks() + 20'000'000)), zero_(start_ + to_ticks(plan.warmup)),
      control_(start_, zero_),
      // An operation may wait for a timeout, and be on its way for another one.
      collector_(record.operations, load.groups, zero_, load.interval,
                 load.interval + (2 + load.retries) * load.timeout + 1'000'000'000,
                 plan.share.is_part(), entries_of(load)),
      operations_(record.operations),
      ledger_(std::make_shared<Ledger>(load.share.lanes(load.threads))), groups_(load.groups),
      until_(load.threads), settled_(load.threads), check_share_(load.check_share) {
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
    // A cluster that outlives the run is mended after Ctrl-C, too.
    static const StopFlag never_stop;
    faults_.emplace(plan, *target.cluster, control_, target.own ? stop : never_stop);
}

/// The workers look at the clock, so none may be left when it goes.
Measurement::~Measurement() {
    control_.clock.cut(0);
    control_.give_up = 0;
    crew_.join();
}

void Measurement::run() {
    const auto cpu_before = process_cpu();
    trust_watch_.begin();
    crew_.start(control_);
    auto next_progress = zero_ - (zero_ - start_) / progress_every * progress_every;
    while (crew_.running()) {
        std::this_thread::sleep_for(main_loop_pause);
        gather();
        const auto now = now_ticks();
        if (stop_.requested()) interrupt(now);
        if (now >= next_progress) {
            show_progress(now);
            next_progress += progress_every;
        }
    }
    failure_ = crew_.join();
    trust_watch_.end();
    cpu_ = process_cpu() - cpu_before - (answers_ ? answers_->cpu() : 0);
    if (faults_) faults_->stop();
    gather();
    if (!failure_ && faults_) failure_ = faults_->failure();
}

void Measurement::finish(RunRecord& record) {
    gather();
    if (recovery_) {
        recovery_->finish(std::min(control_.clock.end(), now_ticks()), outages());
        record.recovery = recovery_->rows(outages());
    }
    record.zero_wall_us = wall_clock_us() - (now_ticks() - zero_) / 1000;
    collector_.finish(control_.clock, std::min(control_.clock.end(), now_ticks()), record);
    record.status = RunStatus::complete;
    if (failure_ && !is_interrupt(failure_)) {
        record.status = RunStatus::failed;
        record.failure = what(failure_);
    } else if (stop_.requested()) {
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

void Measurement::interrupt(Ticks now) {
    control_.clock.cut(now);
    const auto give_up = stop_.urgent() ? now : now + grace_after_interrupt;
    if (give_up < control_.give_up) control_.give_up = give_up;
}

void Measurement::gather() {
    auto deliveries = mailbox_.take();
    follow(deliveries);
    if (faults_) {
        // Names first: a delivery may hold windows of a segment announced just before.
        for (auto& name : faults_->take_segments()) collector_.name_segment(std::move(name));
        Delivery told;
        told.events = faults_->take_events();
        deliveries.push_back(std::move(told));
    }
    collector_.add(deliveries);
    collector_.settle(now_ticks());
    for (const auto& event : collector_.take_new_events())
        show([&](Reporter& reporter) { reporter.event(event); });
}

/// What needs every single operation: the ledger, the recovery from faults, the judging of answers.
void Measurement::follow(std::vector<Delivery>& deliveries) {
    std::vector<WriteFact> writes;
    // After the deliveries were taken, so that no outage is missed that one of them met.
    const auto all_outages = outages();
    for (const auto& delivery : deliveries) {
        for (const auto& each : delivery.completions) {
            if (!operations_[each.kind].is_write) continue;
            ledger_->record(each.index, each.outcome, each.sent - zero_, each.done - zero_);
            if (answers_)
                writes.push_back({each.index, each.kind, each.outcome, each.sent, each.done,
                                  is_in_doubt(each, all_outages)});
        }
        if (recovery_) recovery_->add(delivery.completions);
        until_[delivery.thread] = delivery.until;
        settled_[delivery.thread] = delivery.settled;
    }
    if (answers_ && !deliveries.empty()) pass_on(std::move(writes), deliveries);
    if (!recovery_) return;
    // Before the outages are asked for: what is certain now is in them then.
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

void Measurement::pass_on(std::vector<WriteFact> writes, std::vector<Delivery>& deliveries) {
    std::vector<Answer> answers;
    for (auto& delivery : deliveries)
        std::move(delivery.answers.begin(), delivery.answers.end(), std::back_inserter(answers));
    answers_->add(std::move(writes), std::move(answers),
                  *std::min_element(settled_.begin(), settled_.end()));
}

AnswerChecking Measurement::finish_answers(bool in_haste) {
    AnswerChecking checking{check_share_, answers_ != nullptr, {}};
    if (answers_) checking.report = answers_->finish(in_haste);
    return checking;
}

Trust Measurement::trust() const {
    return trust_watch_.trust(crew_.loop_record());
}

std::vector<KeyOutage> Measurement::key_outages() const {
    if (!recovery_) return {};
    std::vector<std::uint64_t> keys(groups_->shards());
    const auto& workload = *plan_.workload;
    // A sample of evenly spaced keys is enough for a share.
    constexpr std::uint64_t most_keys = 1'000'000;
    const auto step = workload.key_count() / most_keys + 1;
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
    show([&](Reporter& reporter) { reporter.progress(progress); });
}

/// A terminal that went away ends the live output, never the run: all of it is in the record.
template <typename Call>
void Measurement::show(Call call) {
    for (auto& reporter : reporters_) {
        if (silent_.contains(reporter.get())) continue;
        try {
            call(*reporter);
        } catch (const std::exception&) {
            silent_.insert(reporter.get());
        }
    }
}

} // namespace citusbench
