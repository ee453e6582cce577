#include "capacity/finder.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantity.hpp"
#include "record/human_text.hpp"
#include "record/summarize.hpp"

namespace citusbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t full_windows = 4; ///< after the overload, at the rate of before
constexpr std::size_t most_windows = 6; ///< the others at half of it
constexpr double overload_factor = 1.5;

std::string window_name(std::size_t window) {
    return fmt::format("after-overload-{}", window + 1);
}

/// Almost all that was called for has its outcome.
bool has_ended(const StretchCounts& counts) {
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
    return slo.judge(p99, measured).value;
}

} // namespace

Finder::Finder(const CapacityPlan& plan, Prober& prober, const StopFlag& stop, RunRecord& record)
    : plan_(plan), prober_(prober), stop_(stop), record_(record) {}

Measured Finder::measured(const StretchCounts& counts) const {
    return {counts, to_ticks(plan_.run.timeout)};
}

ProbeResult Finder::run(const ProbeSpec& spec) {
    stop_.check();
    auto result = prober_.run(spec);
    return result;
}

double Finder::closed_loop() {
    prober_.tell("a short closed loop, to find the order of magnitude", true);
    const auto length = std::min<Nanoseconds>(plan_.run.duration, seconds(2));
    const auto result = run({{{"closed-loop", length, 0}}, nullptr});
    stop_.check();
    std::uint64_t ok = 0;
    for (const auto& stats : result.counts.front()) ok += stats.count(Outcome::ok);
    const auto per_s = static_cast<double>(ok) / std::max(result.lengths_s.front(), 1e-3);
    prober_.tell(fmt::format("a closed loop of {} connections does {}/s", plan_.run.connections,
                             rate_text(per_s)),
                 false);
    return per_s;
}

void Finder::search(const SearchLimits& limits, SearchStory& story) {
    CapacitySearch search(limits);
    int probes = 0;
    int confirmations = 0;
    while (search.step() != CapacitySearch::Step::done) {
        const bool confirms = search.step() == CapacitySearch::Step::confirm;
        const auto name = confirms ? fmt::format("{}-confirm-{}", story.name, ++confirmations)
                                   : fmt::format("{}-{}", story.name, ++probes);
        const bool held = probe(name, search.rate(), story);
        search.tell(held);
        story.probes = search.probes();
        story.missed_rate = search.missed();
        story.steps_down = search.steps_down();
        if (!held && search.step() != CapacitySearch::Step::done) settle();
    }
    story.held_once = search.held();
    story.end = search.end();
    story.rate = search.end() == CapacitySearch::End::confirmed ? search.rate() : 0;
    story.narrow = search.is_narrow();
    story.at_most = search.at_most();
}

bool Finder::probe(const std::string& name, double rate, SearchStory& story) {
    const auto& run_plan = plan_.run;
    ProbeSpec spec;
    if (run_plan.warmup.count() > 0)
        spec.stretches.push_back({std::string(warmup_phase), run_plan.warmup, rate});
    spec.stretches.push_back({name, run_plan.duration, rate});
    const auto operations = rate * to_seconds(to_ticks(run_plan.duration));
    CapacityProbe row;
    spec.enough = [&](std::span<const StretchCounts> so_far, double) {
        const auto counts = measured(so_far.back());
        if (!plan_.slo.is_lost(counts, operations)) return false;
        // What the cut itself skips is no finding.
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
    (row.held ? story.confirmed : story.missed) =
        row.held ? judged(counts) : fmt::format("{}", fmt::join(row.missed, ", "));
    (row.held ? story.held_cpu : story.missed_cpu) = row.client_cpu;
    if (!row.held) {
        story.last_missed = rate;
        story.doubts = result.trust.doubts();
    }
    auto& capacity = *record_.capacity;
    capacity.probes.push_back(row);
    prober_.tell(capacity_line(capacity, row), false);
    prober_.add_event("probe", name, fmt::format("{}/s {}", rate, capacity_verdict_text(row)));
    return row.held;
}

/// "p99 14.0 ms, failed 0 %".
std::string Finder::judged(const Measured& measured) const {
    std::vector<std::string> texts;
    for (const auto& objective : plan_.slo.objectives())
        texts.push_back(
            fmt::format("{} {}", objective.name(),
                        judged_text(objective, plan_.slo.judge(objective, measured).value)));
    return fmt::format("{}", fmt::join(texts, ", "));
}

/// After an overload a server may still be busy with what nobody waits for any more: a trickle is
/// sent until it is healthy, for five seconds at most.
void Finder::settle() {
    constexpr double trickle = 20;
    const auto patience = std::min<Nanoseconds>(plan_.run.duration, seconds(5));
    const auto until = now_ticks() + to_ticks(patience);
    while (now_ticks() < until) {
        prober_.tell("waiting until the backlog is gone", true);
        const auto result =
            run({{{std::string(warmup_phase), milliseconds(400), trickle}}, nullptr});
        stop_.check();
        if (plan_.slo.holds(measured(result.counts.front()))) return;
    }
}

OverloadStory Finder::overload(const SearchStory& whole) {
    OverloadStory story;
    const auto& duration = plan_.run.duration;
    const auto window = std::min<Nanoseconds>(duration, seconds(5));
    story.base_rate = whole.rate;
    story.overload_rate =
        round_rate(std::max(whole.missed_rate.value_or(0), overload_factor * whole.rate));
    story.overload_s = to_seconds(to_ticks(window));
    story.window_s = to_seconds(to_ticks(window));
    prober_.tell(fmt::format("overload: {}/s, and back to {}/s", rate_text(story.overload_rate),
                             rate_text(story.base_rate)),
                 false);
    ProbeSpec spec;
    if (plan_.run.warmup.count() > 0)
        spec.stretches.push_back({std::string(warmup_phase), plan_.run.warmup, story.base_rate});
    const auto before = spec.stretches.size();
    const auto first = before + 2;
    spec.stretches.push_back({"before-overload", window, story.base_rate});
    spec.stretches.push_back({"overload", window, story.overload_rate});
    for (std::size_t i = 0; i < most_windows; ++i)
        spec.stretches.push_back(
            {window_name(i), window, i < full_windows ? story.base_rate : story.base_rate / 2});
    const auto p99 = [&](std::span<const StretchCounts> counts, std::size_t stretch) {
        return p99_of(plan_.slo, measured(counts[stretch]));
    };
    const auto begin_s = to_seconds(to_ticks(plan_.run.warmup)) + 2 * story.window_s;
    std::size_t asked = 0;
    spec.enough = [&](std::span<const StretchCounts> so_far, double elapsed_s) {
        constexpr double straggling_s = 0.1;
        if (asked >= most_windows ||
            elapsed_s < begin_s + static_cast<double>(asked + 1) * story.window_s + straggling_s)
            return false;
        story.before_p99_us = p99(so_far, before);
        const auto& counts = so_far[first + asked];
        const bool back = has_ended(counts) && story.is_as_before(p99(so_far, first + asked));
        ++asked;
        return back;
    };
    const auto result = run(spec);
    story.before_p99_us = p99(result.counts, before);
    story.overload_p99_us = p99(result.counts, before + 1);
    for (std::size_t i = 0; i < most_windows; ++i) {
        // The last one may have been cut.
        if (result.lengths_s[first + i] < 0.99 * story.window_s) break;
        const auto value = p99(result.counts, first + i);
        story.after.push_back({static_cast<double>(i) * story.window_s, value,
                               story.is_as_before(value), i >= full_windows});
        if (story.after.back().as_before) break;
    }
    if (result.interrupted) throw Interrupted();
    return story;
}

} // namespace citusbench
