#include "run/collector.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "record/summarize.hpp"

namespace citusbench {
namespace {

void merge_into(std::vector<OpStats>& sums, const std::vector<OpStats>& parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) sums[i].merge(parts[i]);
}

} // namespace

Collector::Collector(std::vector<OperationInfo> operations, Ticks zero, Ticks interval,
                     Ticks horizon)
    : operations_(std::move(operations)), zero_(zero), interval_(interval), horizon_(horizon) {}

void Collector::add(std::vector<Delivery> deliveries) {
    for (auto& delivery : deliveries) {
        for (const auto& window : delivery.windows) add(*window);
        for (auto& event : delivery.events)
            add_event({to_seconds(event.at - zero_), std::move(event.kind),
                       std::move(event.subject), std::move(event.detail)});
    }
}

void Collector::add(const Window& window) {
    const auto segment = window.key.segment;
    while (segments_.size() <= segment)
        segments_.push_back({std::vector<OpStats>(operations_.size())});
    merge_into(segments_[segment].operations, window.operations);
    auto& open = open_[{window.key.interval, segment}];
    open.operations.resize(operations_.size());
    merge_into(open.operations, window.operations);
    for (const auto& operation : window.operations) recent_.merge(operation);
    for (const auto& [key, tally] : window.errors) errors_[{segment, key}].merge(tally);
}

void Collector::settle(Ticks now) {
    const auto last = now - horizon_ - zero_;
    settle_before(last < 0 ? INT64_MIN : last / interval_);
}

void Collector::settle_before(std::int64_t interval) {
    while (!open_.empty() && open_.begin()->first.first < interval) {
        const auto& [key, cell] = *open_.begin();
        const double elapsed_s = key.first * to_seconds(interval_);
        OpStats all;
        for (std::size_t i = 0; i < operations_.size(); ++i) {
            if (cell.operations[i].scheduled == 0) continue;
            all.merge(cell.operations[i]);
            timeline_.push_back(timeline_row(elapsed_s, segment_names_[key.second],
                                             operations_[i].name, cell.operations[i]));
        }
        timeline_.push_back(timeline_row(elapsed_s, segment_names_[key.second], "all", all));
        open_.erase(open_.begin());
    }
}

Progress Collector::progress(double seconds) {
    const auto recent = std::exchange(recent_, OpStats{});
    Progress progress;
    const auto& ok = recent.response[index_of(Outcome::ok)];
    progress.ok_per_s = static_cast<double>(recent.count(Outcome::ok)) / seconds;
    if (!ok.empty()) {
        progress.p50_us = static_cast<double>(ok.quantile(0.5)) / 1e3;
        progress.p99_us = static_cast<double>(ok.quantile(0.99)) / 1e3;
    }
    progress.failed = recent.count(Outcome::failed);
    progress.unknown = recent.count(Outcome::unknown);
    progress.skipped = recent.count(Outcome::skipped);
    return progress;
}

void Collector::finish(const PhaseClock& clock, Ticks end, RunRecord& record) {
    settle_before(INT64_MAX);
    for (std::size_t i = 0; i < segment_names_.size(); ++i) {
        const auto begin = clock.begin_of(i);
        const auto until = std::max(begin, std::min(clock.end_of(i), end));
        const auto& name = segment_names_[i];
        auto phase = std::find_if(record.phases.begin(), record.phases.end(),
                                  [&](const auto& known) { return known.name == name; });
        if (phase == record.phases.end()) {
            record.phases.push_back(
                {name, to_seconds(begin - zero_), 0, std::vector<OpStats>(operations_.size()), 0});
            phase = record.phases.end() - 1;
        }
        phase->to_s = to_seconds(until - zero_);
        phase->length_s += to_seconds(until - begin);
        if (i < segments_.size()) merge_into(phase->operations, segments_[i].operations);
    }
    for (const auto& [key, tally] : errors_) {
        const auto& [segment, error] = key;
        record.errors.push_back({segment_names_[segment], operations_[error.kind].name,
                                 error.outcome, error.sqlstate, error.condition, error.node,
                                 tally.count, to_seconds(tally.first - zero_),
                                 to_seconds(tally.last - zero_), tally.sample});
    }
    record.timeline = std::move(timeline_);
    record.events = std::move(events_);
    std::stable_sort(record.events.begin(), record.events.end(),
                     [](const auto& a, const auto& b) { return a.elapsed_s < b.elapsed_s; });
}

void Collector::add_event(Event event) {
    events_.push_back(std::move(event));
}

std::vector<Event> Collector::take_new_events() {
    std::vector<Event> fresh(events_.begin() + static_cast<std::ptrdiff_t>(told_events_),
                             events_.end());
    told_events_ = events_.size();
    return fresh;
}

} // namespace citusbench
