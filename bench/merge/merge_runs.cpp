#include "merge/merge_runs.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include <fmt/format.h>

#include "core/error.hpp"
#include "record/stats_json.hpp"
#include "record/summarize.hpp"

namespace citusbench {
namespace {

using Cells = std::vector<OpStats>;

class Merger {
  public:
    explicit Merger(RunRecord& record) : record_(record) {}

    void add(const ClientRun& part) {
        if (record_.operations.empty()) record_.operations = part.operations;
        for (const auto& phase : part.phases) phase_named(record_.phases, phase.name).merge(phase);
        for (const auto& interval : part.intervals) add_interval(interval);
        for (const auto& error : part.errors) merge(record_.errors, error);
        for (const auto& event : part.events)
            record_.events.push_back(
                {event.elapsed_s, event.kind, event.subject, with_client(event.detail, part)});
    }

    void finish() {
        for (const auto& [key, interval] : intervals_) write_rows(key, interval);
        write_log();
        std::sort(record_.errors.begin(), record_.errors.end(),
                  [](const auto& a, const auto& b) { return a.key() < b.key(); });
        std::stable_sort(record_.events.begin(), record_.events.end(),
                         [](const auto& a, const auto& b) { return a.elapsed_s < b.elapsed_s; });
    }

  private:
    using IntervalKey = std::pair<double, std::string>; ///< begin, phase
    struct Interval {
        double length_s = 0;
        Cells cells;
    };

    static std::string with_client(const std::string& detail, const ClientRun& part) {
        const auto client = fmt::format("client {}", part.index);
        return detail.empty() ? client : client + ": " + detail;
    }

    void add_interval(const PartInterval& added) {
        auto& interval = intervals_[{added.elapsed_s, added.phase}];
        interval.length_s = added.length_s;
        merge(interval.cells, stats_from_json(added.operations));
    }

    void write_rows(const IntervalKey& key, const Interval& interval) {
        add_timeline_rows({key.first, key.second}, record_.operations, interval.cells,
                          record_.timeline);
    }

    /// An interval's phases together, without the warm-up.
    void write_log() {
        std::map<double, Interval> by_time;
        for (const auto& [key, interval] : intervals_) {
            if (key.first < 0) continue;
            auto& sum = by_time[key.first];
            sum.length_s = interval.length_s;
            merge(sum.cells, interval.cells);
        }
        for (const auto& [elapsed_s, interval] : by_time)
            add_logged_intervals(elapsed_s, interval.length_s, interval.cells, record_.latency_log);
    }

    RunRecord& record_;
    std::map<IntervalKey, Interval> intervals_;
};

RunLabels labels_of(const std::vector<ClientRun>& parts, const std::string& run_name) {
    auto labels = parts.front().labels;
    labels.run = run_name;
    labels.connections = 0;
    for (const auto& part : parts) labels.connections += part.labels.connections;
    return labels;
}

/// run.json of the first part, and the members that differ between the parts.
void describe(const std::vector<ClientRun>& parts, RunRecord& record) {
    auto& merged = record.details.merged.emplace();
    merged.common_members = parts.front().common_members;
    for (const auto& part : parts) {
        merged.clients.push_back({part.labels.run, part.index, part.own_members});
        if (!part.complete) record.status = RunStatus::interrupted;
        for (const auto& warning : part.warnings)
            record.warnings.push_back(fmt::format("client {}: {}", part.index, warning));
    }
}

std::string summarize(const RunRecord& record, std::size_t clients) {
    std::uint64_t acknowledged = 0;
    double seconds = 0;
    for (const auto& phase : record.phases) {
        if (phase.name == warmup_phase) continue;
        seconds += phase.seconds();
        for (const auto& stats : phase.operations) acknowledged += stats.count(Outcome::ok);
    }
    return fmt::format(
        "{} clients made this load together: {} operations acknowledged in {:.1f} s.", clients,
        acknowledged, seconds);
}

} // namespace

RunRecord merge_runs(const std::vector<ClientRun>& parts, const std::string& run_name) {
    RunRecord record;
    const auto* current = &parts.front();
    try {
        record.labels = labels_of(parts, run_name);
        record.zero_wall_us = parts.front().zero_wall_us;
        auto ledger =
            std::make_shared<Ledger>(parts.front().ledger->threads(), parts.front().ledger->run());
        Merger merger(record);
        for (const auto& part : parts) {
            current = &part;
            merger.add(part);
            ledger->merge(*part.ledger);
        }
        merger.finish();
        describe(parts, record);
        record.ledger = std::move(ledger);
    } catch (const std::invalid_argument& error) {
        throw UsageError(fmt::format("merge {}: its files are damaged ({})",
                                     current->folder.string(), error.what()));
    }
    record.narrative.push_back(summarize(record, parts.size()));
    return record;
}

} // namespace citusbench
