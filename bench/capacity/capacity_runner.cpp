#include "capacity/capacity_runner.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "capacity/finder.hpp"
#include "capacity/prober.hpp"
#include "core/quantity.hpp"
#include "run/describe.hpp"

namespace citusbench {
namespace {

/// Share of a closed loop's throughput: at the full throughput the queues of an open loop grow
/// without limit.
constexpr double first_guess = 0.7;
/// The second search begins at this share of what the whole cluster holds.
constexpr double second_guess = 0.75;

std::string subject_of(const RunTarget& target) {
    const auto workers = target.deployment.workers.size();
    if (workers == 0) return "The database";
    if (!target.further.empty())
        return fmt::format("The set of {} clusters of {} worker{} each", 1 + target.further.size(),
                           workers, workers == 1 ? "" : "s");
    return fmt::format("The cluster of {} worker{}", workers, workers == 1 ? "" : "s");
}

std::string conditions_of(const std::vector<FaultSpec>& faults) {
    std::vector<std::string> without;
    std::vector<std::string> with;
    for (const auto& fault : faults) {
        if (fault.option == "down")
            without.push_back(fmt::format("{}", fmt::join(fault.nodes, " and ")));
        else
            with.push_back(fault.to_string());
    }
    return without.empty() ? fmt::format("with {}", fmt::join(with, " and "))
                           : fmt::format("without {}", fmt::join(without, " and "));
}

/// The plan's faults, in place from construction until heal().
class Faults {
  public:
    Faults(const Plan& plan, Cluster& cluster, Prober& prober) : plan_(plan), prober_(prober) {
        for (const auto& spec : plan.faults)
            faults_.push_back(find_fault(spec.kind)->make(cluster, spec));
    }

    void inject() {
        for (; injected_ < faults_.size(); ++injected_) {
            emit_event("fault_injected", injected_, "");
            faults_[injected_]->inject();
            faults_[injected_]->verify();
            emit_event("fault_confirmed", injected_, faults_[injected_]->how());
        }
    }

    /// Tries to heal every fault, including one whose injection failed; then throws the first
    /// RunError.
    void heal() {
        std::exception_ptr first;
        const auto begun = std::min(begun_, faults_.size());
        for (std::size_t i = 0; i < begun; ++i) {
            try {
                emit_event("heal_started", i, "");
                faults_[i]->heal();
                emit_event("healed", i, "");
            } catch (...) {
                if (!first) first = std::current_exception();
            }
        }
        begun_ = 0;
        if (first) std::rethrow_exception(first);
    }

  private:
    void emit_event(const std::string& kind, std::size_t fault, const std::string& detail) {
        const auto& spec = plan_.faults[fault];
        if (kind == "fault_injected") begun_ = fault + 1;
        prober_.add_event(kind, fmt::format("{}", fmt::join(spec.nodes, ",")),
                          detail.empty() ? spec.kind : spec.kind + ", by " + detail);
    }

    const Plan& plan_;
    Prober& prober_;
    std::vector<std::unique_ptr<Fault>> faults_;
    std::size_t injected_ = 0;
    std::size_t begun_ = 0;
};

/// All measurements, one after the other; `result` always has the results so far.
void measure(const CapacityPlan& plan, Finder& finder, Faults* faults, const StopFlag& stop,
             CapacityResult& result) {
    auto limits = plan.limits;
    finder.warm_up();
    if (!plan.start_given) {
        result.closed_loop_per_s = finder.closed_loop();
        limits.start = std::max(first_guess * *result.closed_loop_per_s, limits.min_rate);
    }
    result.searches.emplace_back().name = "whole";
    finder.search(limits, result.searches.back());
    const auto whole = result.searches.back();
    if (whole.end != CapacitySearch::End::confirmed) return;
    result.overload = finder.overload(whole);
    if (!faults) return;
    stop.check();
    faults->inject();
    const bool down = plan.run.faults.front().option == "down";
    auto& second = result.searches.emplace_back();
    second.name = down ? "down" : "fault";
    second.conditions = conditions_of(plan.run.faults);
    limits.start = std::max(second_guess * whole.rate, limits.min_rate);
    finder.search(limits, second);
}

/// The search on the whole cluster, the overload, the search with the faults in place: one target
/// and one run number for all probes.
class CapacityExperiment final : public Experiment {
  public:
    explicit CapacityExperiment(const CapacityPlan& plan) : plan_(plan), load_plan_(plan.run) {
        load_plan_.faults.clear(); // no probe has a phase of its own for them
    }

    const Plan& load_plan() const override { return load_plan_; }

    void prepare(Prepared& prepared) override {
        prepared_ = &prepared;
        auto& record = prepared.record;
        result_.objective = plan_.slo.to_string();
        result_.subject = subject_of(prepared.target);
        result_.threads = plan_.run.threads;
        record.capacity = CapacityRecord{result_.objective, plan_.slo.columns(), {}};
        record_settings(plan_, *record.capacity);
        prober_.emplace(load_plan_, prepared.load, prepared.stop, prepared.reporters, record);
        if (!plan_.run.faults.empty())
            faults_.emplace(plan_.run, *prepared.target.cluster, *prober_);
    }

    void measure() override {
        Finder finder(plan_, *prober_, prepared_->stop, prepared_->record);
        citusbench::measure(plan_, finder, faults_ ? &*faults_ : nullptr, prepared_->stop, result_);
    }

    std::optional<Ticks> zero() const override { return prober_->zero(); }
    void heal() override {
        if (faults_) faults_->heal();
    }
    /// The record has what was measured already; the probes' CPU time is their own.
    void collect(Ticks /*monitor_cpu*/) override {
        prober_->end();
        prepared_->record.ledger = prober_->ledger();
        // The user sees that the search is over.
        if (plan_.run.verify && !prepared_->stop.requested())
            prepared_->report_status("comparing the database with what was acknowledged", true);
    }

    void conclude() override {
        auto& record = prepared_->record;
        describe_end(prober_->cost(), prober_->cpu(), prober_->cancels(), prober_->client_health(),
                     record);
        record_outcome(result_, *record.capacity);
        record.narrative = summarize_capacity(result_);
        if (!record.verification) return;
        const auto& more = record.verification->narrative;
        record.narrative.insert(record.narrative.end(), more.begin(), more.end());
    }

    int exit_code() const override { return result_.every_search_confirmed() ? 0 : 4; }

  private:
    const CapacityPlan& plan_;
    Plan load_plan_;
    Prepared* prepared_ = nullptr;
    std::optional<Prober> prober_;
    std::optional<Faults> faults_;
    CapacityResult result_;
};

} // namespace

int run_capacity(const CapacityPlan& plan, const StopFlag& stop, Reporters& reporters,
                 std::string run_name, const SaveRecord& save) {
    CapacityExperiment experiment(plan);
    return ExperimentSession(plan.run, stop, reporters, std::move(run_name)).run(experiment, save);
}

} // namespace citusbench
