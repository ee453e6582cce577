#include "capacity/capacity_runner.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "capacity/finder.hpp"
#include "core/quantity.hpp"
#include "run/announce.hpp"
#include "run/describe.hpp"
#include "run/monitoring.hpp"
#include "target/make_load_plan.hpp"
#include "target/verify_target.hpp"
#include "verify/verify.hpp"

namespace citusbench {
namespace {

/// Of a closed loop's throughput: an open loop at all of it has endless queues.
constexpr double first_guess = 0.7;
/// The second search begins so much below what the whole cluster holds.
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

    /// Tries every one, the one whose injection failed, too; then throws the first RunError.
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

/// All that is measured, one step after the other; what has come out so far is in `result`.
void measure(const CapacityPlan& plan, Finder& finder, Faults* faults, const StopFlag& stop,
             CapacityResult& result) {
    auto limits = plan.limits;
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

Verification verify_all(const Plan& plan, const RunTarget& target, const RunIdentity& identity,
                        Prober& prober, const StopFlag& stop) {
    prober.report_status("comparing the database with what was acknowledged", true);
    return verify_run(
        plan, target, identity, prober.ledger(), "", stop,
        [&](std::string_view line, bool passing) { prober.report_status(line, passing); });
}

/// Runs `work`; what it throws becomes the record's status.
template <typename Work>
void guarded(RunRecord& record, Work work) {
    try {
        work();
    } catch (const Interrupted&) {
        if (record.status == RunStatus::complete) record.status = RunStatus::interrupted;
    } catch (const std::exception& error) {
        if (record.status == RunStatus::failed) return;
        record.status = RunStatus::failed;
        record.failure = error.what();
    }
}

} // namespace

CapacityRunner::CapacityRunner(const CapacityPlan& plan, const StopFlag& stop, Reporters& reporters,
                               std::string run_name)
    : plan_(plan), stop_(stop), reporters_(reporters), run_name_(std::move(run_name)) {}

int CapacityRunner::run(const Save& save) {
    const StatusSink report_status = [&](std::string_view line, bool passing) {
        for (auto& reporter : reporters_) reporter->message(line, passing);
    };
    auto target = open_target(plan_.run, stop_, report_status);
    const auto schema = prepare_schema(plan_.run, target, stop_, report_status);
    report_loaded(schema, report_status);
    if (target.own) target.cluster->checkpoint();
    auto probe_plan = plan_.run;
    probe_plan.faults.clear();
    auto load = make_load_plan(probe_plan, target, schema.identity, stop_);
    auto record = describe_start(probe_plan, target, schema, load.protocol, run_name_, stop_);
    result_.objective = plan_.slo.to_string();
    result_.subject = subject_of(target);
    result_.threads = plan_.run.threads;
    record.capacity = CapacityRecord{result_.objective, plan_.slo.columns(), {}};
    record_settings(plan_, *record.capacity);
    for (auto& reporter : reporters_) reporter->start(record);

    Prober prober(probe_plan, std::move(load), stop_, reporters_, record);
    Finder finder(plan_, prober, stop_, record);
    std::optional<Faults> faults;
    if (!plan_.run.faults.empty()) faults.emplace(plan_.run, *target.cluster, prober);
    Monitoring monitoring(plan_.run, target);
    record.status = RunStatus::complete;
    guarded(record, [&] { measure(plan_, finder, faults ? &*faults : nullptr, stop_, result_); });
    // After Ctrl-C a cluster of its own is about to go, and the user is waiting.
    const bool interrupted = stop_.requested();
    if (faults && (!interrupted || !target.own)) guarded(record, [&] { faults->heal(); });
    if (prober.zero()) monitoring.finish(*prober.zero(), record);
    record.ledger = prober.ledger();
    if (plan_.run.verify && !interrupted)
        record.verification = verify_all(plan_.run, target, schema.identity, prober, stop_);
    if (stop_.requested() && record.status == RunStatus::complete)
        record.status = RunStatus::interrupted;
    describe_end(prober.cost(), prober.cpu(), prober.cancels(), prober.client_health(), record);
    record_story(result_, *record.capacity);
    record.narrative = summarize_capacity(result_);
    if (record.verification) {
        const auto& more = record.verification->narrative;
        record.narrative.insert(record.narrative.end(), more.begin(), more.end());
    }
    save(record);
    if (!interrupted) keep_cluster(plan_.run, target, report_status);
    return exit_code(record);
}

int CapacityRunner::exit_code(const RunRecord& record) const {
    if (record.status == RunStatus::interrupted) return 130;
    if (record.status == RunStatus::failed) return 1;
    if (record.verification && !record.verification->holds()) return 3;
    return result_.every_search_confirmed() ? 0 : 4;
}

} // namespace citusbench
