#include "capacity/finder.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantity.hpp"
#include "record/human_text.hpp"
#include "record/summarize.hpp"
#include "run/warm_up.hpp"

namespace citusbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t full_windows = 4; ///< after the overload, at the rate of before
constexpr std::size_t max_windows = 6;  ///< the others at half of it
constexpr double overload_factor = 1.5;

std::string window_name(std::size_t window) {
    return fmt::format("after-overload-{}", window + 1);
}

/// Almost every scheduled operation has its outcome.
bool has_ended(const PhaseCounts& counts) {
    std::uint64_t scheduled = 0;
    std::uint64_t completed = 0;
    for (const auto& stats : counts) {
        scheduled += stats.scheduled;
        completed += stats.completed();
    }
    return completed + scheduled / 1000 >= scheduled;
}

/// The p99 as objectives see it: what was not ok is slower than any limit.
std::optional<double> p99_of(const Slo& slo, const Measured& measured) {
    Objective p99;
    p99.metric = Objective::Metric::p99;
    return slo.evaluate(p99, measured).value;
}

} // namespace

Finder::Finder(const CapacityPlan& plan, Prober& prober, const StopFlag& stop, RunRecord& record)
    : plan_(plan), prober_(prober), stop_(stop), record_(record) {}

Measured Finder::measured(const PhaseCounts& counts) const {
    return {counts, plan_.run.timeout};
}

ProbeResult Finder::run(const ProbeSpec& spec) {
    stop_.check();
    auto result = prober_.run(spec);
    return result;
}

Nanoseconds Finder::warmup() const {
    return plan_.run.warmup.value_or(seconds(1));
}

void Finder::warm_up() {
    prober_.report_status("warming up until rate and median response time are steady", true);
    ProbeSpec spec{{{std::string(warmup_phase), Nanoseconds(WarmUp::max_time), 0}}, nullptr, true};
    const auto result = run(spec);
    stop_.check();
    prober_.report_status(
        fmt::format("warm-up: {:.1f} s{}", result.lengths_s.front(),
                    result.steady ? ", rate and median are steady" : ", not steady after that"),
        false);
}

double Finder::closed_loop() {
    prober_.report_status("a short closed loop, to find the order of magnitude", true);
    const auto length = std::min<Nanoseconds>(plan_.run.duration, seconds(2));
    const auto result = run({{{"closed-loop", length, 0}}, nullptr});
    stop_.check();
    std::uint64_t ok = 0;
    for (const auto& stats : result.counts.front()) ok += stats.count(Outcome::ok);
    const auto per_s = static_cast<double>(ok) / std::max(result.lengths_s.front(), 1e-3);
    prober_.report_status(fmt::format("a closed loop of {} connections does {}/s",
                                      plan_.run.connections, rate_text(per_s)),
                          false);
    return per_s;
}

void Finder::search(const SearchLimits& limits, SearchResult& found) {
    CapacitySearch search(limits);
    int probes = 0;
    int confirmations = 0;
    while (search.step() != CapacitySearch::Step::done) {
        const bool confirms = search.step() == CapacitySearch::Step::confirm;
        const auto name = confirms ? fmt::format("{}-confirm-{}", found.name, ++confirmations)
                                   : fmt::format("{}-{}", found.name, ++probes);
        bool held = probe(name, search.rate(), found);
        // A pause of the machine can make any rate miss once.
        if (!held) {
            wait_until_healthy();
            held = probe(name + "-again", search.rate(), found);
        }
        search.record_result(held);
        found.probes = search.probes();
        found.missed_rate = search.missed();
        found.steps_down = search.steps_down();
        if (!held && search.step() != CapacitySearch::Step::done) wait_until_healthy();
    }
    found.held_once = search.held();
    found.end = search.end();
    found.rate = search.end() == CapacitySearch::End::confirmed ? search.rate() : 0;
    found.narrow = search.is_narrow();
    found.at_max_rate = search.at_max_rate();
}

bool Finder::probe(const std::string& name, double rate, SearchResult& found) {
    const auto& run_plan = plan_.run;
    ProbeSpec spec;
    if (warmup() > Nanoseconds(0))
        spec.phases.push_back({std::string(warmup_phase), warmup(), rate});
    spec.phases.push_back({name, run_plan.duration, rate});
    const auto operations = rate * to_seconds(to_ticks(run_plan.duration));
    CapacityProbe row;
    const auto judged_from_s =
        to_seconds(to_ticks(warmup() + std::min<Nanoseconds>(run_plan.duration, seconds(2))));
    spec.stop_early = [&, judged_from_s](std::span<const PhaseCounts> so_far, double elapsed_s) {
        if (elapsed_s < judged_from_s) return false;
        const auto counts = measured(so_far.back());
        if (!plan_.slo.is_lost(counts, operations)) return false;
        // Operations that the cut itself skipped say nothing about the rate.
        row.values = plan_.slo.values(counts);
        row.missed = plan_.slo.missed(counts);
        return true;
    };
    const auto result = run(spec);
    const auto counts = measured(result.counts.back());
    if (result.lengths_s.back() <= 0) stop_.check(); // nothing was measured
    row.name = name;
    row.rate = rate;
    row.held = !result.interrupted && !result.cut_short && plan_.slo.holds(counts);
    row.measured_s = result.lengths_s.back();
    row.cut_short = result.cut_short;
    if (!row.cut_short) {
        row.values = plan_.slo.values(counts);
        row.missed = plan_.slo.missed(counts);
    }
    row.client_cpu = result.client_cpu;
    // Half a probe says nothing about the rate; its operations are in the other files.
    if (result.interrupted) throw Interrupted();
    (row.held ? found.confirmed : found.missed) =
        row.held ? values_text(counts) : fmt::format("{}", fmt::join(row.missed, ", "));
    (row.held ? found.held_cpu : found.missed_cpu) = row.client_cpu;
    if (!row.held) {
        found.last_missed = rate;
        const auto responses = ok_responses(result.counts.back());
        found.warnings = result.client_health.warnings({&responses, 1});
    }
    auto& capacity = *record_.capacity;
    capacity.probes.push_back(row);
    prober_.report_status(capacity_line(capacity, row), false);
    prober_.add_event("probe", name, fmt::format("{}/s {}", rate, capacity_verdict_text(row)));
    return row.held;
}

/// "p99 14.0 ms, failed 0 %".
std::string Finder::values_text(const Measured& measured) const {
    std::vector<std::string> texts;
    for (const auto& objective : plan_.slo.objectives())
        texts.push_back(
            fmt::format("{} {}", objective.name(),
                        value_text(objective, plan_.slo.evaluate(objective, measured).value)));
    return fmt::format("{}", fmt::join(texts, ", "));
}

/// After an overload a server may still be busy with operations whose clients have gone. So a low
/// rate is sent until the server is healthy, for at most five seconds.
void Finder::wait_until_healthy() {
    constexpr double trickle = 20;
    const auto timeout = std::min<Nanoseconds>(plan_.run.duration, seconds(5));
    const auto until = now_ticks() + to_ticks(timeout);
    while (now_ticks() < until) {
        prober_.report_status("waiting until the backlog is gone", true);
        const auto result =
            run({{{std::string(warmup_phase), milliseconds(400), trickle}}, nullptr});
        stop_.check();
        if (plan_.slo.holds(measured(result.counts.front()))) return;
    }
}

OverloadResult Finder::overload(const SearchResult& whole) {
    OverloadResult found;
    const auto& duration = plan_.run.duration;
    const auto window = std::min<Nanoseconds>(duration, seconds(5));
    found.base_rate = whole.rate;
    found.overload_rate =
        round_rate(std::max(whole.missed_rate.value_or(0), overload_factor * whole.rate));
    found.overload_s = to_seconds(to_ticks(window));
    found.window_s = to_seconds(to_ticks(window));
    prober_.report_status(fmt::format("overload: {}/s, and back to {}/s",
                                      rate_text(found.overload_rate), rate_text(found.base_rate)),
                          false);
    ProbeSpec spec;
    if (warmup() > Nanoseconds(0))
        spec.phases.push_back({std::string(warmup_phase), warmup(), found.base_rate});
    const auto before = spec.phases.size();
    const auto first = before + 2;
    spec.phases.push_back({"before-overload", window, found.base_rate});
    spec.phases.push_back({"overload", window, found.overload_rate});
    for (std::size_t i = 0; i < max_windows; ++i)
        spec.phases.push_back(
            {window_name(i), window, i < full_windows ? found.base_rate : found.base_rate / 2});
    const auto p99 = [&](std::span<const PhaseCounts> counts, std::size_t phase) {
        return p99_of(plan_.slo, measured(counts[phase]));
    };
    const auto begin_s = to_seconds(to_ticks(warmup())) + 2 * found.window_s;
    std::size_t asked = 0;
    spec.stop_early = [&](std::span<const PhaseCounts> so_far, double elapsed_s) {
        constexpr double straggling_s = 0.1;
        if (asked >= max_windows ||
            elapsed_s < begin_s + static_cast<double>(asked + 1) * found.window_s + straggling_s)
            return false;
        found.before_p99_us = p99(so_far, before);
        const auto& counts = so_far[first + asked];
        const bool back = has_ended(counts) && found.is_as_before(p99(so_far, first + asked));
        ++asked;
        return back;
    };
    const auto result = run(spec);
    found.before_p99_us = p99(result.counts, before);
    found.before_held = plan_.slo.holds(measured(result.counts[before]));
    found.overload_p99_us = p99(result.counts, before + 1);
    for (std::size_t i = 0; i < max_windows; ++i) {
        // The last one may have been cut.
        if (result.lengths_s[first + i] < 0.99 * found.window_s) break;
        const auto value = p99(result.counts, first + i);
        found.after.push_back({static_cast<double>(i) * found.window_s, value,
                               found.is_as_before(value), i >= full_windows});
        if (found.after.back().is_back) break;
    }
    if (result.interrupted) throw Interrupted();
    return found;
}

} // namespace citusbench
