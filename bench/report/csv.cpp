#include "report/outputs.hpp"

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "record/csv_text.hpp"
#include "record/summarize.hpp"
#include "report/output_file.hpp"

namespace citusbench {
namespace {

using Cells = std::vector<std::string>;

constexpr int us_decimals = 3;
constexpr int rate_decimals = 3;
constexpr int interval_decimals = 3;
constexpr int moment_decimals = 6;
constexpr int ms_decimals = 3;
constexpr auto whole = "all"; // key_group and entry of rows that are not split

std::string to_cell(std::uint64_t count) {
    return std::to_string(count);
}

std::string to_us_cell(std::uint64_t ns) {
    return fmt::format("{}.{:03}", ns / 1000, ns % 1000);
}

template <typename Row>
void append_counts(Cells& cells, const Row& row) {
    for (const auto count : {row.scheduled, row.ok, row.failed, row.unknown, row.skipped})
        cells.push_back(to_cell(count));
}

void append_latencies(Cells& cells, const std::optional<LatencySummary>& latency) {
    using L = LatencySummary;
    for (const auto member :
         {&L::mean_us, &L::p50_us, &L::p90_us, &L::p95_us, &L::p99_us, &L::p999_us, &L::max_us})
        cells.push_back(latency ? csv_number((*latency).*member, us_decimals) : "");
}

void append_latencies(Cells& cells, const std::optional<TimelineRow::Latency>& latency) {
    using L = TimelineRow::Latency;
    for (const auto member : {&L::p50_us, &L::p99_us, &L::max_us})
        cells.push_back(latency ? csv_number((*latency).*member, us_decimals) : "");
}

Cells label_cells(const RunLabels& labels) {
    return {labels.run,
            labels.workload,
            labels.topology,
            labels.engine,
            std::to_string(labels.replication),
            labels.scale,
            std::to_string(labels.seed),
            labels.mix,
            labels.key_distribution,
            std::to_string(labels.connections),
            std::to_string(labels.pipeline),
            std::to_string(labels.batch),
            labels.rate_target ? fmt::format("{}", *labels.rate_target) : ""};
}

/// One CSV file, line by line.
class CsvFile {
  public:
    CsvFile(const std::filesystem::path& path, std::string_view header) : file_(path) {
        file_.write(header);
        file_.write("\n");
    }
    void row(const Cells& cells) { file_.write(csv_line(cells)); }
    void close() { file_.close(); }

  private:
    OutputFile file_;
};

void write_summary(const RunRecord& record, const std::filesystem::path& folder) {
    CsvFile file(folder / "summary.csv", summary_header);
    for (const auto& row : summary_rows(record)) {
        auto cells = label_cells(record.labels);
        cells.insert(cells.end(), {row.phase, row.operation, row.key_group, row.entry,
                                   csv_number(row.phase_s, interval_decimals)});
        append_counts(cells, row);
        cells.push_back(csv_number(row.ok_per_s, rate_decimals));
        append_latencies(cells, row.response);
        append_latencies(cells, row.service);
        file.row(cells);
    }
    file.close();
}

void write_timeline(const RunRecord& record, const std::filesystem::path& folder) {
    CsvFile file(folder / "timeline.csv", timeline_header);
    for (const auto& row : record.timeline) {
        Cells cells = {csv_number(row.elapsed_s, interval_decimals), row.phase, row.operation,
                       row.key_group, row.entry};
        append_counts(cells, row);
        append_latencies(cells, row.response);
        append_latencies(cells, row.service);
        file.row(cells);
    }
    file.close();
}

/// Operations alone: the sums follow from them.
void write_histogram(const RunRecord& record, const std::filesystem::path& folder) {
    CsvFile file(folder / "histogram.csv", histogram_header);
    const auto write = [&](const std::string& phase, const char* key_group,
                           const std::string& entry, std::span<const OpStats> by_kind) {
        for (std::size_t kind = 0; kind < by_kind.size(); ++kind) {
            const auto& name = record.operations.at(kind).name;
            for (std::size_t i = 0; i < outcome_count; ++i) {
                const std::string outcome(outcome_names[i]);
                const auto write_clock = [&](const char* clock, const Histogram& histogram) {
                    for (const auto& bucket : histogram.buckets())
                        file.row({phase, name, key_group, entry, outcome, clock,
                                  to_us_cell(bucket.from_ns), to_us_cell(bucket.to_ns),
                                  to_cell(bucket.count)});
                };
                write_clock("response", by_kind[kind].response[i]);
                write_clock("service", by_kind[kind].service[i]);
            }
        }
    };
    for (const auto& phase : record.phases) {
        const auto write_groups = [&](const std::string& entry, const auto& totals) {
            write(phase.name, whole, entry, totals.operations);
            write(phase.name, "affected", entry, totals.affected);
            write(phase.name, "unaffected", entry, totals.unaffected);
        };
        write_groups(whole, phase);
        for (const auto& totals : phase.by_entry) write_groups(totals.entry, totals);
    }
    file.close();
}

void write_events(const RunRecord& record, const std::filesystem::path& folder) {
    CsvFile file(folder / "events.csv", events_header);
    for (const auto& event : record.events)
        file.row({csv_number(event.elapsed_s, moment_decimals), event.kind, event.subject,
                  event.detail});
    file.close();
}

void write_errors(const RunRecord& record, const std::filesystem::path& folder) {
    CsvFile file(folder / "errors.csv", errors_header);
    for (const auto& error : record.errors)
        file.row({error.phase, error.operation,
                  error.retried ? "retried" : std::string(name_of(error.outcome)), error.sqlstate,
                  error.condition, error.node, to_cell(error.count),
                  csv_number(error.first_elapsed_s, moment_decimals),
                  csv_number(error.last_elapsed_s, moment_decimals), error.sample});
    file.close();
}

void write_recovery(const RunRecord& record, const std::filesystem::path& folder) {
    CsvFile file(folder / "recovery.csv", recovery_header);
    for (const auto& row : record.recovery) {
        Cells cells = {std::to_string(row.fault),
                       row.kind,
                       row.nodes,
                       csv_number(row.confirmed_s, moment_decimals),
                       csv_number(row.healed_s, moment_decimals),
                       row.operation,
                       row.key_group};
        append_counts(cells, row);
        for (const auto& time : {row.time_to_first_error_ms, row.unavailable_ms,
                                 row.time_to_first_ok_ms, row.worst_operation_ms})
            cells.push_back(csv_number(time, ms_decimals));
        cells.push_back(!row.worst_operation_ms        ? ""
                        : row.worst_operation_censored ? "true"
                                                       : "false");
        cells.push_back(csv_number(row.time_to_baseline_ms, ms_decimals));
        cells.push_back(csv_number(row.time_to_redundancy_ms, ms_decimals));
        file.row(cells);
    }
    file.close();
}

/// The shortest text that is the number, never in exponents: counters pass 10^15.
std::string csv_value(double value) {
    constexpr double exact_up_to = 9e15;
    const bool is_whole = value == std::floor(value) && std::abs(value) < exact_up_to;
    return is_whole ? fmt::format("{:.0f}", value) : fmt::format("{}", value);
}

void write_monitor(const RunRecord& record, const std::filesystem::path& folder) {
    CsvFile file(folder / "monitor.csv", monitor_header);
    for (const auto& sample : record.monitor.samples())
        file.row({csv_number(to_seconds(sample.at), interval_decimals), record.monitor.node(sample),
                  record.monitor.metric(sample), csv_value(sample.value)});
    file.close();
}

class Csv : public Reporter {
  public:
    bool writes_files() const override { return true; }
    void finish(const RunRecord& record, const std::filesystem::path& folder) override {
        write_summary(record, folder);
        write_timeline(record, folder);
        write_histogram(record, folder);
        write_events(record, folder);
        write_errors(record, folder);
        if (!record.recovery.empty()) write_recovery(record, folder);
        if (!record.monitor.samples().empty()) write_monitor(record, folder);
    }
};

} // namespace

std::unique_ptr<Reporter> make_csv() {
    return std::make_unique<Csv>();
}

} // namespace citusbench
