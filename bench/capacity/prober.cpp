#include "capacity/prober.hpp"

#include <algorithm>
#include <thread>

#include "core/cpu_time.hpp"
#include "record/summarize.hpp"
#include "worker/patience.hpp"

namespace citusbench {
namespace {

constexpr Ticks grace_after_interrupt = 1'000'000'000;
constexpr Ticks progress_every = 1'000'000'000;
constexpr Ticks ask_every = 100'000'000;
constexpr Ticks head_start = 20'000'000;
constexpr auto main_loop_pause = std::chrono::milliseconds(10);

Arrival arrival_of(const ProbeSpec& spec, const Arrival& like) {
    if (spec.stretches.front().rate == 0) return Closed{};
    Steps steps;
    steps.even = std::holds_alternative<Constant>(like);
    double from_s = 0;
    for (const auto& stretch : spec.stretches) {
        steps.steps.push_back({from_s, stretch.rate});
        from_s += to_seconds(to_ticks(stretch.length));
    }
    return steps;
}

void merge_into(StretchCounts& sums, const std::vector<OpStats>& parts) {
    sums.resize(std::max(sums.size(), parts.size()));
    for (std::size_t i = 0; i < parts.size(); ++i) sums[i].merge(parts[i]);
}

} // namespace

/// One load, from its first operation to its last outcome.
class Prober::Load {
  public:
    Load(Prober& prober, const ProbeSpec& spec)
        : prober_(prober), spec_(spec), plan_(prober.next_load(spec)), crew_(plan_, mailbox_) {}

    /// The workers look at the clock, so none may be left when it goes.
    ~Load() {
        if (control_) {
            control_->clock.cut(0);
            control_->give_up = 0;
        }
        crew_.join();
    }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    ProbeResult run() {
        crew_.connect(connect_patience(plan_), prober_.stop_);
        begin();
        while (crew_.running()) {
            std::this_thread::sleep_for(main_loop_pause);
            gather();
            attend(now_ticks());
        }
        const auto failure = crew_.join();
        gather();
        prober_.cpu_ += process_cpu() - cpu_begin_;
        trust_watch_.end();
        result_.trust = trust_watch_.trust(crew_.loop_record());
        prober_.trust_.merge(result_.trust);
        prober_.count(crew_);
        finish();
        if (failure) std::rethrow_exception(failure);
        return std::move(result_);
    }

  private:
    void begin() {
        start_ = now_ticks() + head_start;
        const auto& first = spec_.stretches.front();
        if (!prober_.zero_)
            prober_.zero_ = start_ + (first.phase == warmup_phase ? to_ticks(first.length) : 0);
        if (prober_.record_.zero_wall_us == 0)
            prober_.record_.zero_wall_us = wall_clock_us() + (*prober_.zero_ - now_ticks()) / 1000;
        control_.emplace(start_, *prober_.zero_);
        collector_.emplace(prober_.record_.operations, nullptr, *prober_.zero_, plan_.interval,
                           plan_.interval + (2 + plan_.retries) * plan_.timeout + 1'000'000'000);
        auto end = start_;
        for (const auto& stretch : spec_.stretches) {
            if (end > start_) control_->clock.announce(end);
            end += to_ticks(stretch.length);
            collector_->name_segment(stretch.phase);
        }
        control_->clock.set_end(end);
        result_.counts.resize(spec_.stretches.size());
        for (auto& counts : result_.counts) counts.resize(prober_.record_.operations.size());
        next_progress_ = start_ + progress_every;
        cpu_begin_ = process_cpu();
        trust_watch_.begin();
        crew_.start(*control_);
    }

    void gather() {
        const auto deliveries = mailbox_.take();
        const auto zero = *prober_.zero_;
        for (const auto& delivery : deliveries) {
            for (const auto& each : delivery.completions)
                if (prober_.record_.operations[each.kind].is_write)
                    prober_.ledger_->record(each.index, each.outcome, each.sent - zero,
                                            each.done - zero);
            for (const auto& window : delivery.windows)
                merge_into(result_.counts.at(window->key.segment), window->cells);
        }
        collector_->add(deliveries);
        collector_->settle(now_ticks());
    }

    void attend(Ticks now) {
        if (now < control_->clock.end() && now > start_)
            result_.client_cpu = static_cast<double>(process_cpu() - cpu_begin_) /
                                 static_cast<double>(now - start_ + head_start) / plan_.threads;
        if (prober_.stop_.requested()) interrupt(now);
        if (spec_.enough && !result_.cut_short && now >= next_question_) {
            next_question_ = now + ask_every;
            if (spec_.enough(result_.counts, to_seconds(now - start_))) cut_short(now);
        }
        if (now < next_progress_) return;
        next_progress_ += progress_every;
        auto progress = collector_->progress(to_seconds(progress_every));
        progress.elapsed_s = to_seconds(now - *prober_.zero_);
        progress.phase = spec_.stretches.at(control_->clock.segment_at(now)).phase;
        prober_.show([&](Reporter& reporter) { reporter.progress(progress); });
    }

    /// Nobody needs the answers of what is not sent yet.
    void cut_short(Ticks now) {
        result_.cut_short = now < control_->clock.end();
        control_->clock.cut(now);
        control_->drop_waiting = now;
    }

    void interrupt(Ticks now) {
        result_.interrupted = true;
        control_->clock.cut(now);
        control_->drop_waiting = now;
        const auto give_up = prober_.stop_.urgent() ? now : now + grace_after_interrupt;
        if (give_up < control_->give_up) control_->give_up = give_up;
    }

    void finish() {
        RunRecord part;
        const auto end = std::min(control_->clock.end(), now_ticks());
        collector_->finish(control_->clock, end, part);
        prober_.add(std::move(part));
        for (std::size_t i = 0; i < spec_.stretches.size(); ++i) {
            const auto from = control_->clock.begin_of(i);
            const auto to = std::min(control_->clock.end_of(i), end);
            result_.lengths_s.push_back(to_seconds(std::max<Ticks>(to - from, 0)));
        }
    }

    Prober& prober_;
    const ProbeSpec& spec_;
    LoadPlan plan_;
    Mailbox mailbox_;
    std::optional<RunControl> control_;
    std::optional<Collector> collector_;
    Crew crew_;
    ProbeResult result_;
    Ticks start_ = 0;
    Ticks next_progress_ = 0;
    Ticks next_question_ = 0;
    Ticks cpu_begin_ = 0;
    TrustWatch trust_watch_;
};

Prober::Prober(const Plan& plan, LoadPlan load, const StopFlag& stop, Reporters& reporters,
               RunRecord& record)
    : plan_(plan), load_(std::move(load)), stop_(stop), reporters_(reporters), record_(record),
      ledger_(std::make_shared<Ledger>(load_.threads)) {}

ProbeResult Prober::run(const ProbeSpec& spec) {
    return Load(*this, spec).run();
}

LoadPlan Prober::next_load(const ProbeSpec& spec) const {
    // The ledger's blocks order updates by time: no block of two loads.
    constexpr std::uint64_t block = 256;
    auto load = load_;
    const std::uint64_t step = block * load.threads;
    load.first_index = (ledger_->end() + step - 1) / step * step;
    load.arrival = arrival_of(spec, plan_.arrival);
    return load;
}

void Prober::add(RunRecord part) {
    for (auto& phase : part.phases) {
        if (phase.seconds() <= 0) continue; // a stretch that the probe did not come to
        const auto known =
            std::find_if(record_.phases.begin(), record_.phases.end(),
                         [&](const PhaseTotals& other) { return other.name == phase.name; });
        if (known == record_.phases.end()) {
            record_.phases.push_back(std::move(phase));
            continue;
        }
        known->to_s = phase.to_s;
        known->length_s += phase.length_s;
        merge_into(known->operations, phase.operations);
    }
    const auto append = [](auto& all, const auto& more) {
        all.insert(all.end(), more.begin(), more.end());
    };
    append(record_.timeline, part.timeline);
    append(record_.latency_log, part.latency_log);
    for (auto& error : part.errors) add(std::move(error));
    append(record_.events, part.events);
}

/// One row a class, whichever load it came from.
void Prober::add(ErrorClass error) {
    const auto known =
        std::find_if(record_.errors.begin(), record_.errors.end(),
                     [&](const ErrorClass& other) { return other.key() == error.key(); });
    if (known == record_.errors.end()) {
        record_.errors.push_back(std::move(error));
        return;
    }
    known->count += error.count;
    known->last_elapsed_s = error.last_elapsed_s;
}

void Prober::count(const Crew& crew) {
    const auto cost = crew.cost();
    cost_.completed += cost.completed;
    cost_.rests += cost.rests;
    cost_.retries += cost.retries;
    cost_.notices += cost.notices;
    cost_.reconnects += cost.reconnects;
    const auto cancels = crew.cancels();
    cancels_.requested += cancels.requested;
    cancels_.delivered += cancels.delivered;
    cancels_.dropped += cancels.dropped;
}

void Prober::add_event(const std::string& kind, const std::string& subject,
                       const std::string& detail) {
    const auto now = now_ticks();
    record_.events.push_back({zero_ ? to_seconds(now - *zero_) : 0, kind, subject, detail});
    show([&](Reporter& reporter) { reporter.event(record_.events.back()); });
}

void Prober::tell(std::string_view line, bool passing) {
    show([&](Reporter& reporter) { reporter.message(line, passing); });
}

/// A terminal that went away ends the live output, never the search: all of it is in the record.
template <typename Call>
void Prober::show(Call call) {
    for (auto& reporter : reporters_) {
        try {
            call(*reporter);
        } catch (const std::exception&) {
            continue;
        }
    }
}

} // namespace citusbench
