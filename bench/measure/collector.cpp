#include "measure/collector.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "load/route.hpp"
#include "record/stats_json.hpp"
#include "record/summarize.hpp"

namespace citusbench {
namespace {} // namespace

Collector::Collector(std::vector<OperationInfo> operations, std::shared_ptr<const KeyGroups> groups,
                     Ticks zero, Ticks interval, Ticks horizon, bool keep_intervals,
                     const std::vector<std::string>& entries)
    : operations_(std::move(operations)), groups_(std::move(groups)), zero_(zero),
      interval_(interval), horizon_(horizon), keep_intervals_(keep_intervals), blocks_(entries),
      logged_(operations_.size()) {
    if (!entries.empty()) {
        blocks_.emplace_back(EntryCells::every_name);
        blocks_.emplace_back(EntryCells::none_name);
    }
    used_blocks_.resize(blocks_.size());
    // An entry that served nothing is worth a row; operations for every entry need not be in the
    // mix.
    std::fill_n(used_blocks_.begin(), entries.size(), true);
}

std::size_t Collector::plain_cells() const {
    return groups_ ? groups_->cells() : operations_.size();
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
    while (segments_.size() <= segment) segments_.emplace_back(cell_count());
    merge(segments_[segment], window.cells);
    auto& open = open_[{window.key.interval, segment}];
    open.resize(cell_count());
    merge(open, window.cells);
    for (const auto& cell : window.cells) recent_.merge(cell);
    for (std::size_t i = plain_cells(); i < window.cells.size(); ++i)
        if (window.cells[i].scheduled > 0) used_blocks_[i / plain_cells() - 1] = true;
    for (const auto& [key, error_count] : window.errors) errors_[{segment, key}].merge(error_count);
}

Collector::Cells Collector::sum(const Cells& cells, Keys keys, std::size_t block) const {
    Cells operations(operations_.size());
    const auto plain = plain_cells();
    const auto begin = block == every_block ? 0 : (1 + block) * plain;
    const auto end = block == every_block ? cells.size() : begin + plain;
    for (auto i = begin; i < end; ++i) {
        const bool affected = groups_ && groups_->affected_by_any(i % plain / operations_.size());
        if (keys != Keys::all && affected != (keys == Keys::affected)) continue;
        auto& operation = operations[i % operations_.size()];
        const auto scheduled = operation.scheduled;
        operation.merge(cells[i]);
        // Called for once, and counted so in the plain cells.
        if (block == every_block && i >= plain) operation.scheduled = scheduled;
    }
    return operations;
}

void Collector::finalize_intervals(Ticks now) {
    const auto last = now - horizon_ - zero_;
    finalize_before(last < 0 ? INT64_MIN : last / interval_);
}

void Collector::add_rows_by_group(double elapsed_s, const std::string& phase,
                                  const std::string& entry, const Cells& cells, std::size_t block) {
    const auto add = [&](const char* key_group, Keys keys) {
        add_timeline_rows({elapsed_s, phase, key_group, entry}, operations_,
                          sum(cells, keys, block), timeline_);
    };
    add("all", Keys::all);
    if (!groups_) return;
    add("affected", Keys::affected);
    add("unaffected", Keys::unaffected);
}

void Collector::finalize_before(std::int64_t interval) {
    while (!open_.empty() && open_.begin()->first.first < interval) {
        const auto& [key, cells] = *open_.begin();
        const double elapsed_s = key.first * to_seconds(interval_);
        const auto& phase = segment_names_[key.second];
        const auto operations = sum(cells, Keys::all);
        add_rows_by_group(elapsed_s, phase, "all", cells, every_block);
        for (std::size_t block = 0; block < blocks_.size(); ++block)
            if (used_blocks_[block])
                add_rows_by_group(elapsed_s, phase, blocks_[block], cells, block);
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
            if (groups_ || part == &totals.operations) part->resize(operations_.size());
        merge(totals.operations, sum(cells, Keys::all, block));
        if (!groups_) return;
        merge(totals.affected, sum(cells, Keys::affected, block));
        merge(totals.unaffected, sum(cells, Keys::unaffected, block));
    };
    add(phase, every_block);
    auto totals = phase.by_entry.begin();
    for (std::size_t block = 0; block < blocks_.size(); ++block)
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
            for (std::size_t block = 0; block < blocks_.size(); ++block)
                if (used_blocks_[block]) phase.by_entry.push_back({blocks_[block], {}, {}, {}});
        }
        phase.to_s = to_seconds(until - zero_);
        phase.length_s += to_seconds(until - begin);
        if (segments_.size() <= i) segments_.resize(i + 1);
        segments_[i].resize(cell_count());
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
