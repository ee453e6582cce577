#include "run/runner.hpp"

#include <algorithm>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "core/quantity.hpp"
#include "run/collector.hpp"
#include "run/crew.hpp"
#include "run/describe.hpp"
#include "run/fault_thread.hpp"
#include "run/sentences.hpp"

namespace citusbench {
namespace {

constexpr Ticks connect_patience = 10'000'000'000;
constexpr Ticks grace_after_interrupt = 1'000'000'000;
constexpr Ticks progress_every = 1'000'000'000;
constexpr auto main_loop_pause = std::chrono::milliseconds(10);

LoadPlan make_load_plan(const Plan& plan, const Target& target, const RunIdentity& identity,
                        const StopFlag& stop) {
    LoadPlan load;
    load.workload = plan.workload.get();
    load.identity = identity;
    load.seed = plan.seed;
    load.weights = plan.weights;
    const auto& kinds = plan.workload->operations();
    for (std::size_t i = 0; i < kinds.size(); ++i)
        load.statements.push_back({fmt::format("s{}", i), plan.weights[i] > 0 ? kinds[i].sql : ""});
    load.entries = target.entries;
    load.protocol = protocol_of(target.deployment, stop);
    load.connections = plan.connections;
    load.threads = plan.threads;
    load.depth = plan.pipeline;
    load.batch = plan.batch;
    load.arrival = plan.arrival;
    load.timeout = to_ticks(plan.timeout);
    load.interval = to_ticks(plan.interval);
    return load;
}

double planned_seconds(const Plan& plan) {
    const auto length = plan.faults.empty() ? plan.duration
                        : plan.heal         ? plan.before + plan.during + plan.after
                                            : plan.before + plan.during;
    return to_seconds(to_ticks(length));
}

Ticks process_cpu() {
    timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return static_cast<Ticks>(ts.tv_sec) * 1'000'000'000 + ts.tv_nsec;
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

/// The measuring itself: from the first operation to the last outcome.
class Measurement {
  public:
    Measurement(const Plan& plan, const Target& target, const LoadPlan& load, Crew& crew,
                Mailbox& mailbox, const StopFlag& stop,
                std::vector<std::unique_ptr<Reporter>>& reporters, const RunRecord& record)
        : plan_(plan), stop_(stop), reporters_(reporters), crew_(crew), mailbox_(mailbox),
          start_(now_ticks() + 20'000'000), zero_(start_ + to_ticks(plan.warmup)),
          control_(start_, zero_),
          // An operation may wait for a timeout, and be on its way for another one.
          collector_(record.operations, zero_, load.interval,
                     load.interval + 2 * load.timeout + 1'000'000'000) {
        const auto* first = plan.faults.empty() ? "steady" : "before";
        if (plan.warmup.count() > 0) {
            collector_.name_segment("warmup");
            control_.clock.announce(zero_);
        }
        collector_.name_segment(first);
        collector_.add_event({0, "phase", first, ""});
        if (plan.faults.empty())
            control_.clock.set_end(zero_ + to_ticks(plan.duration));
        else
            faults_.emplace(plan, *target.cluster, control_);
    }

    /// The workers look at the clock, so none may be left when it goes.
    ~Measurement() {
        control_.clock.cut(0);
        control_.give_up = 0;
        crew_.join();
    }
    Measurement(const Measurement&) = delete;
    Measurement& operator=(const Measurement&) = delete;

    /// Returns when every operation has its outcome.
    void run() {
        const auto cpu_before = process_cpu();
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
        cpu_ = process_cpu() - cpu_before;
        if (faults_) faults_->stop();
        gather();
        if (!failure_ && faults_) failure_ = faults_->failure();
    }

    void finish(RunRecord& record) {
        gather();
        collector_.finish(control_.clock, std::min(control_.clock.end(), now_ticks()), record);
        record.status = RunStatus::complete;
        if (failure_ && !is_interrupt(failure_)) {
            record.status = RunStatus::failed;
            record.failure = what(failure_);
        } else if (stop_.requested()) {
            record.status = RunStatus::interrupted;
        }
    }

    /// Heals what the plan left broken; a failure is the run's.
    void heal_rest() {
        if (!faults_) return;
        try {
            faults_->heal_rest();
        } catch (...) {
            if (!failure_) failure_ = std::current_exception();
        }
    }

    std::vector<Outage> outages() const {
        return faults_ ? faults_->outages() : std::vector<Outage>();
    }
    Ticks zero() const { return zero_; }
    /// CPU time of all threads of the client while it loaded.
    Ticks cpu() const { return cpu_; }

  private:
    void interrupt(Ticks now) {
        control_.clock.cut(now);
        const auto give_up = stop_.urgent() ? now : now + grace_after_interrupt;
        if (give_up < control_.give_up) control_.give_up = give_up;
    }

    void gather() {
        auto deliveries = mailbox_.take();
        if (faults_) {
            // Names first: a delivery may hold windows of a segment announced just before.
            for (auto& name : faults_->take_segments()) collector_.name_segment(std::move(name));
            deliveries.push_back({{}, faults_->take_events()});
        }
        collector_.add(std::move(deliveries));
        collector_.settle(now_ticks());
        for (const auto& event : collector_.take_new_events())
            show([&](Reporter& reporter) { reporter.event(event); });
    }

    void show_progress(Ticks now) {
        auto progress = collector_.progress(to_seconds(progress_every));
        progress.elapsed_s = to_seconds(now - zero_);
        progress.total_s = planned_seconds(plan_);
        progress.phase = collector_.segment_names()[std::min(
            control_.clock.segment_at(now), collector_.segment_names().size() - 1)];
        show([&](Reporter& reporter) { reporter.progress(progress); });
    }

    /// A terminal that went away ends the live output, never the run: all of it is in the record.
    template <typename Call>
    void show(Call call) {
        for (auto& reporter : reporters_) {
            if (silent_.contains(reporter.get())) continue;
            try {
                call(*reporter);
            } catch (const std::exception&) {
                silent_.insert(reporter.get());
            }
        }
    }

    const Plan& plan_;
    const StopFlag& stop_;
    std::vector<std::unique_ptr<Reporter>>& reporters_;
    Crew& crew_;
    Mailbox& mailbox_;
    Ticks start_;
    Ticks zero_;
    RunControl control_;
    Collector collector_;
    std::optional<FaultThread> faults_;
    std::set<Reporter*> silent_;
    std::exception_ptr failure_;
    Ticks cpu_ = 0;
};

int exit_code(const RunRecord& record, const std::optional<RowCheck>& rows) {
    if (record.status == RunStatus::interrupted) return 130;
    if (record.status == RunStatus::failed) return 1;
    return rows && !rows->holds() ? 3 : 0;
}

} // namespace

Runner::Runner(const Plan& plan, const StopFlag& stop,
               std::vector<std::unique_ptr<Reporter>>& reporters, std::string run_name)
    : plan_(plan), stop_(stop), reporters_(reporters), run_name_(std::move(run_name)) {}

void Runner::tell(std::string_view line, bool passing) {
    for (auto& reporter : reporters_) reporter->message(line, passing);
}

void Runner::tell_loaded(const PreparedSchema& schema) {
    if (schema.load_seconds <= 0) return;
    tell(fmt::format("loaded {} rows in {:.1f} s ({} rows/s), keys and indexes in {:.1f} s",
                     format_count(schema.rows_loaded), schema.load_seconds,
                     format_count(static_cast<std::uint64_t>(
                         static_cast<double>(schema.rows_loaded) / schema.load_seconds)),
                     schema.index_seconds),
         false);
}

void Runner::keep(Target& target) {
    if (!plan_.keep || !target.cluster) return;
    target.cluster->keep();
    for (const auto& node : target.cluster->nodes())
        if (node.is_entry)
            tell(fmt::format("the cluster stays; reach it with: psql \"{}\"; remove it with: "
                             "citusbench cluster down",
                             target.cluster->conninfo(node)),
                 false);
}

int Runner::run(const Save& save) {
    auto target = open_target(plan_, stop_,
                              [&](std::string_view line, bool passing) { tell(line, passing); });
    const auto schema = prepare_schema(
        plan_, target, stop_, [&](std::string_view line, bool passing) { tell(line, passing); });
    tell_loaded(schema);
    // What the load left to write must not be written while the load is measured.
    if (target.own) target.cluster->checkpoint();
    if (plan_.init == InitMode::load_only) {
        keep(target);
        return 0;
    }
    const auto load = make_load_plan(plan_, target, schema.identity, stop_);
    auto record = describe_start(plan_, target, schema, load.protocol, run_name_, stop_);
    Mailbox mailbox;
    Crew crew(load, mailbox);
    crew.connect(connect_patience, stop_);
    for (auto& reporter : reporters_) reporter->start(record);

    Measurement measurement(plan_, target, load, crew, mailbox, stop_, reporters_, record);
    measurement.run();
    std::optional<RowCheck> rows;
    // After Ctrl-C a cluster of its own is about to go, and whoever pressed it waits.
    const bool in_haste = stop_.requested();
    if (!in_haste || !target.own) measurement.heal_rest();
    measurement.finish(record);
    if (plan_.verify && !in_haste) rows = check_rows(plan_, target, schema.identity, record, stop_);
    if (stop_.requested() && record.status == RunStatus::complete)
        record.status = RunStatus::interrupted; // while the rows were counted
    describe_end(crew.cost(), measurement.cpu(), crew.cancels(), rows, record);
    record.sentences = tell_run(record, measurement.outages(), rows, measurement.zero());
    save(record);
    if (!in_haste) keep(target); // after Ctrl-C a node may be down; such a cluster is of no use
    return exit_code(record, rows);
}

} // namespace citusbench
