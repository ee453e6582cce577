#include "capacity/prober.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "core/time.hpp"
#include "measure/steadiness.hpp"
#include "record/summarize.hpp"
#include "worker/connect_throttle.hpp"

namespace citusbench {
namespace {

constexpr Ticks progress_every = 1'000'000'000;
constexpr Ticks ask_every = 100'000'000;
constexpr Ticks head_start = 20'000'000;
constexpr auto main_loop_pause = std::chrono::milliseconds(10);

/// A warm-up climbs to its rate in the first half of its time: near its capacity a server does not
/// get rid of the backlog that a sudden start leaves.
void add_ramp(double from_s, double length_s, double rate, Steps& steps) {
    constexpr int count = 8;
    for (int i = 0; i < count; ++i)
        steps.steps.push_back({from_s + length_s / 2 * i / count, rate * (i + 1) / (count + 1)});
    steps.steps.push_back({from_s + length_s / 2, rate});
}

Arrival arrival_of(const ProbeSpec& spec, const Arrival& like) {
    if (spec.phases.front().rate == 0) return Closed{};
    Steps steps;
    steps.even = std::holds_alternative<Constant>(like);
    double from_s = 0;
    for (const auto& phase : spec.phases) {
        const auto length_s = to_seconds(to_ticks(phase.length));
        if (phase.name == warmup_phase)
            add_ramp(from_s, length_s, phase.rate, steps);
        else
            steps.steps.push_back({from_s, phase.rate});
        from_s += length_s;
    }
    return steps;
}

} // namespace

/// One load, from its first operation to its last outcome.
class Prober::Load {
  public:
    Load(Prober& prober, const ProbeSpec& spec)
        : prober_(prober), spec_(spec), plan_(prober.load_), pool_(prober.pool_) {}

    /// The workers use the clock, so they must have ended the load before it is destroyed.
    ~Load() {
        if (control_) control_->stop();
        while (pool_.running()) std::this_thread::sleep_for(main_loop_pause);
    }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    ProbeResult run() {
        if (!std::exchange(prober_.connected_, true))
            pool_.connect(connect_timeout(plan_), prober_.stop_);
        begin();
        while (pool_.running()) {
            std::this_thread::sleep_for(main_loop_pause);
            collect();
            attend(now_ticks());
        }
        collect();
        prober_.cpu_ += process_cpu() - cpu_begin_;
        health_monitor_.end();
        result_.client_health = health_monitor_.health(pool_.loop_record(), *prober_.zero_);
        prober_.client_health_.merge(result_.client_health);
        finish();
        if (const auto failure = pool_.failure()) std::rethrow_exception(failure);
        return std::move(result_);
    }

  private:
    void begin() {
        start_ = now_ticks() + head_start;
        const auto& first = spec_.phases.front();
        if (!prober_.zero_)
            prober_.zero_ =
                start_ +
                (first.name == warmup_phase && !spec_.until_steady ? to_ticks(first.length) : 0);
        if (prober_.record_.zero_wall_us == 0)
            prober_.record_.zero_wall_us = wall_clock_us() + (*prober_.zero_ - now_ticks()) / 1000;
        control_.emplace(start_, *prober_.zero_, arrival_of(spec_, prober_.plan_.arrival),
                         prober_.ledger_->end_of_block());
        if (spec_.until_steady) steadiness_.emplace(start_, plan_.threads, plan_.connections);
        collector_.emplace(prober_.record_.operations, plan_.layout(), *prober_.zero_,
                           plan_.interval, plan_.outcome_horizon());
        auto end = start_;
        for (const auto& phase : spec_.phases) {
            if (end > start_) control_->clock.announce(end);
            end += to_ticks(phase.length);
            collector_->name_segment(phase.name);
        }
        control_->clock.set_end(end);
        result_.counts.resize(spec_.phases.size());
        for (auto& counts : result_.counts) counts.resize(prober_.record_.operations.size());
        next_progress_ = start_ + progress_every;
        cpu_begin_ = process_cpu();
        health_monitor_.begin();
        pool_.start(*control_);
    }

    void collect() {
        const auto batches = prober_.batch_queue_.take();
        if (steadiness_) steadiness_->add(batches);
        const auto zero = *prober_.zero_;
        for (const auto& batch : batches) {
            for (const auto& each : batch.completions)
                if (prober_.record_.operations[each.kind].is_write)
                    prober_.ledger_->record(each.index, each.outcome, each.sent - zero,
                                            each.done - zero);
            for (const auto& window : batch.windows)
                merge(result_.counts.at(window->key.segment), window->cells);
        }
        collector_->add(batches);
        collector_->finalize_intervals(now_ticks());
    }

    void attend(Ticks now) {
        if (now < control_->clock.end() && now > start_)
            result_.client_cpu = static_cast<double>(process_cpu() - cpu_begin_) /
                                 static_cast<double>(now - start_ + head_start) / plan_.threads;
        if (prober_.stop_.requested()) interrupt(now);
        if (steadiness_ && !result_.steady && steadiness_->is_steady()) {
            result_.steady = true;
            control_->clock.set_end(now);
        }
        if (spec_.stop_early && !result_.cut_short && now >= next_check_at_) {
            next_check_at_ = now + ask_every;
            if (spec_.stop_early(result_.counts, to_seconds(now - start_))) cut_short(now);
        }
        if (now < next_progress_) return;
        next_progress_ += progress_every;
        auto progress = collector_->progress(to_seconds(progress_every));
        progress.elapsed_s = to_seconds(now - *prober_.zero_);
        progress.phase = spec_.phases.at(control_->clock.segment_at(now)).name;
        prober_.reporters_.show([&](Reporter& reporter) { reporter.progress(progress); });
    }

    /// The answers of operations that are not sent yet are not needed.
    void cut_short(Ticks now) {
        result_.cut_short = now < control_->clock.end();
        control_->clock.cut(now);
        control_->drop_pending = now;
    }

    void interrupt(Ticks now) {
        result_.interrupted = true;
        control_->drop_pending = now;
        control_->interrupt(now, prober_.stop_.urgent());
    }

    void finish() {
        RunRecord part;
        const auto end = std::min(control_->clock.end(), now_ticks());
        collector_->finish(control_->clock, end, part);
        prober_.add(part);
        for (std::size_t i = 0; i < spec_.phases.size(); ++i) {
            const auto from = control_->clock.begin_of(i);
            const auto to = std::min(control_->clock.end_of(i), end);
            result_.lengths_s.push_back(to_seconds(std::max<Ticks>(to - from, 0)));
        }
    }

    Prober& prober_;
    const ProbeSpec& spec_;
    const LoadPlan& plan_;
    WorkerPool& pool_;
    std::optional<RunControl> control_;
    std::optional<Collector> collector_;
    std::optional<Steadiness> steadiness_;
    ProbeResult result_;
    Ticks start_ = 0;
    Ticks next_progress_ = 0;
    Ticks next_check_at_ = 0;
    Ticks cpu_begin_ = 0;
    ClientHealthMonitor health_monitor_;
};

Prober::Prober(const Plan& plan, LoadPlan load, const StopFlag& stop, ReporterGroup& reporters,
               RunRecord& record)
    : plan_(plan), load_(std::move(load)), stop_(stop), reporters_(reporters), record_(record),
      ledger_(std::make_shared<Ledger>(load_.threads, load_.identity.run)),
      pool_(load_, batch_queue_) {}

ProbeResult Prober::run(const ProbeSpec& spec) {
    return Load(*this, spec).run();
}

void Prober::add(const RunRecord& part) {
    for (const auto& phase : part.phases) {
        if (phase.seconds() <= 0) continue; // a phase that the probe did not come to
        auto& known = phase_named(record_.phases, phase.name);
        known.merge(phase);
        known.length_s += phase.length_s;
    }
    const auto append = [](auto& all, const auto& more) {
        all.insert(all.end(), more.begin(), more.end());
    };
    append(record_.timeline, part.timeline);
    append(record_.latency_log, part.latency_log);
    append(record_.events, part.events);
    for (const auto& error : part.errors) merge(record_.errors, error);
}

void Prober::add_event(const std::string& kind, const std::string& subject,
                       const std::string& detail) {
    const auto now = now_ticks();
    record_.events.push_back({zero_ ? to_seconds(now - *zero_) : 0, kind, subject, detail});
    reporters_.show([&](Reporter& reporter) { reporter.event(record_.events.back()); });
}

void Prober::report_status(std::string_view line, bool passing) {
    reporters_.message(line, passing);
}

} // namespace citusbench
