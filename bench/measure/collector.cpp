#include "measure/collector.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "record/stats_json.hpp"
#include "record/summarize.hpp"

namespace citusbench {

Collector::Collector(std::vector<OperationInfo> operations, CellLayout layout, Ticks zero,
                     Ticks interval, Ticks horizon, bool keep_intervals)
    : operations_(std::move(operations)), layout_(std::move(layout)), zero_(zero),
      interval_(interval), horizon_(horizon), keep_intervals_(keep_intervals),
      used_blocks_(layout_.blocks().size()), logged_(operations_.size()) {
    // An entry that served nothing is worth a row; operations for every entry need not be in the
    // mix.
    if (!used_blocks_.empty()) std::fill(used_blocks_.begin(), used_blocks_.end() - 2, true);
}

void Collector::add(const std::vector<WorkerBatch>& batches) {
    for (const auto& batch : batches) {
        for (const auto& window : batch.windows) add(*window);
        for (const auto& event : batch.events)
            add_event({to_seconds(event.at - zero_), event.kind, event.subject, event.detail});
    }
}

void Collector::add(const Window& window) {
    const auto segment = window.key.segment;
    while (segments_.size() <= segment) segments_.emplace_back(layout_.cells());
    merge(segments_[segment], window.cells);
    auto& open = open_[{window.key.interval, segment}];
    open.resize(layout_.cells());
    merge(open, window.cells);
    for (const auto& cell : window.cells) recent_.merge(cell);
    for (std::size_t block = 0; block < used_blocks_.size(); ++block)
        if (layout_.is_used(window.cells, block)) used_blocks_[block] = true;
    for (const auto& [key, error_count] : window.errors) errors_[{segment, key}].merge(error_count);
}

void Collector::finalize_intervals(Ticks now) {
    const auto last = now - horizon_ - zero_;
    finalize_before(last < 0 ? INT64_MIN : last / interval_);
}

void Collector::add_rows_by_group(double elapsed_s, const std::string& phase,
                                  const std::string& entry, const Cells& cells, std::size_t block) {
    const auto add = [&](const char* key_group, Keys keys) {
        add_timeline_rows({elapsed_s, phase, key_group, entry}, operations_,
                          layout_.sum(cells, keys, block), timeline_);
    };
    add("all", Keys::all);
    if (!layout_.has_groups()) return;
    add("affected", Keys::affected);
    add("unaffected", Keys::unaffected);
}

void Collector::finalize_before(std::int64_t interval) {
    while (!open_.empty() && open_.begin()->first.first < interval) {
        const auto& [key, cells] = *open_.begin();
        const double elapsed_s = key.first * to_seconds(interval_);
        const auto& phase = segment_names_[key.second];
        const auto operations = layout_.sum(cells, Keys::all);
        add_rows_by_group(elapsed_s, phase, "all", cells, CellLayout::every_block);
        for (std::size_t block = 0; block < used_blocks_.size(); ++block)
            if (used_blocks_[block])
                add_rows_by_group(elapsed_s, phase, layout_.blocks()[block], cells, block);
        if (keep_intervals_)
            intervals_.push_back(
                {elapsed_s, to_seconds(interval_), phase, stats_to_json(operations)});
        if (key.first != logged_interval_) log_latencies();
        logged_interval_ = key.first;
        if (key.first >= 0) merge(logged_, operations);
        open_.erase(open_.begin());
    }
}

/// Encoded at once, so that memory grows by some hundred bytes an interval.
void Collector::log_latencies() {
    add_logged_intervals(logged_interval_ * to_seconds(interval_), to_seconds(interval_), logged_,
                         latency_log_);
    logged_.clear();
    logged_.resize(operations_.size());
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

void Collector::add_totals(const Cells& cells, PhaseTotals& phase) const {
    const auto add = [&](auto& totals, std::size_t block) {
        for (auto* part : {&totals.operations, &totals.affected, &totals.unaffected})
            if (layout_.has_groups() || part == &totals.operations)
                part->resize(operations_.size());
        merge(totals.operations, layout_.sum(cells, Keys::all, block));
        if (!layout_.has_groups()) return;
        merge(totals.affected, layout_.sum(cells, Keys::affected, block));
        merge(totals.unaffected, layout_.sum(cells, Keys::unaffected, block));
    };
    add(phase, CellLayout::every_block);
    auto totals = phase.by_entry.begin();
    for (std::size_t block = 0; block < used_blocks_.size(); ++block)
        if (used_blocks_[block]) add(*totals++, block);
}

void Collector::finish(const PhaseClock& clock, Ticks end, RunRecord& record) {
    finalize_before(INT64_MAX);
    log_latencies();
    record.latency_log = std::move(latency_log_);
    record.intervals = std::move(intervals_);
    for (std::size_t i = 0; i < segment_names_.size(); ++i) {
        const auto begin = clock.begin_of(i);
        const auto until = std::max(begin, std::min(clock.end_of(i), end));
        const auto& name = segment_names_[i];
        auto& phase = phase_named(record.phases, name);
        if (phase.operations.empty()) {
            phase.from_s = to_seconds(begin - zero_);
            for (std::size_t block = 0; block < used_blocks_.size(); ++block)
                if (used_blocks_[block])
                    phase.by_entry.push_back({layout_.blocks()[block], {}, {}, {}});
        }
        phase.to_s = to_seconds(until - zero_);
        phase.length_s += to_seconds(until - begin);
        if (segments_.size() <= i) segments_.resize(i + 1);
        segments_[i].resize(layout_.cells());
        add_totals(segments_[i], phase);
    }
    for (const auto& [key, error_count] : errors_) {
        const auto& [segment, error] = key;
        record.errors.push_back({segment_names_[segment], operations_[error.kind].name,
                                 error.outcome, error.retried, error.sqlstate, error.condition,
                                 error.node, error_count.count,
                                 to_seconds(error_count.first - zero_),
                                 to_seconds(error_count.last - zero_), error_count.sample});
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
    std::vector<Event> fresh(events_.begin() + static_cast<std::ptrdiff_t>(shown_events_),
                             events_.end());
    shown_events_ = events_.size();
    return fresh;
}

} // namespace citusbench
