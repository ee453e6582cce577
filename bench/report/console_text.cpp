#include "report/console_text.hpp"

#include <fmt/format.h>

#include <cmath>

#include "core/quantity.hpp"
#include "record/human_text.hpp"
#include "record/summarize.hpp"
#include "report/outputs.hpp"

namespace citusbench {
namespace {

constexpr std::size_t page_width = 100;

struct Styles {
    std::string bold, dim, bad, warning;
};

Styles make_styles(bool with_colors) {
    if (!with_colors) return {};
    return {"\033[1m", "\033[2m", "\033[31m", "\033[33m"};
}

/// "post=70,latest=20" may be broken at its commas.
std::string spaced(const std::string& list) {
    std::string result;
    for (const char c : list) {
        result += c;
        if (c == ',') result += ' ';
    }
    return result;
}

/// The rate as given, unlike a measured one.
std::string exact_rate(double rate) {
    if (rate == std::floor(rate)) return format_count(static_cast<std::uint64_t>(rate));
    return fmt::format("{}", rate);
}

std::string found_rate_text(const RunRecord& record) {
    const auto& warmup = record.details.warmup;
    if (!warmup || !warmup->rate) return {};
    return fmt::format(" (half of the {} that a closed loop reached)",
                       rate_text(*warmup->closed_loop_ok_per_s));
}

std::string load_text(const RunRecord& record) {
    const auto& labels = record.labels;
    auto text =
        fmt::format("{} connection{}", labels.connections, labels.connections == 1 ? "" : "s");
    if (labels.pipeline > 1)
        text += fmt::format(" × {} in flight, {} per commit", labels.pipeline, labels.batch);
    text += record.capacity ? ", open loop for " + record.capacity->objective
            : labels.rate_target
                ? fmt::format(", open loop at {} operations/s{}", exact_rate(*labels.rate_target),
                              found_rate_text(record))
                : ", closed loop";
    return text + fmt::format(", keys {}, seed {}", labels.key_distribution, labels.seed);
}

std::string heading(const RunRecord& record) {
    const auto& labels = record.labels;
    auto workload = labels.workload;
    if (!labels.scale.empty()) workload += ", " + spaced(labels.scale);
    const auto servers =
        fmt::format("{} on {}, replication {}", labels.topology, labels.engine, labels.replication);
    return wrap_text("workload  ", workload, page_width) +
           wrap_text("mix       ", spaced(labels.mix), page_width) +
           wrap_text("servers   ", servers, page_width) +
           wrap_text("load      ", load_text(record), page_width);
}

using Cell = TextTable::Cell;

Cell count_cell(std::uint64_t count, const std::string& style_above_zero) {
    return {format_count(count), count > 0 ? style_above_zero : std::string()};
}

void add_row(TextTable& table, const SummaryRow& row, const std::string& name,
             const Styles& styles) {
    std::vector<Cell> cells = {name, rate_text(row.ok_per_s)};
    using L = LatencySummary;
    for (const auto member : {&L::p50_us, &L::p90_us, &L::p99_us, &L::p999_us, &L::max_us}) {
        std::optional<double> us;
        if (row.response) us = (*row.response).*member;
        cells.emplace_back(latency_text(us));
    }
    cells.emplace_back(format_count(row.ok));
    cells.push_back(count_cell(row.failed, styles.bad));
    cells.push_back(count_cell(row.unknown, styles.bad));
    cells.push_back(count_cell(row.skipped, styles.warning));
    table.add_row(std::move(cells));
}

/// The rows of one phase: all, then the operations below their sum. A sum of everything says
/// nothing new, so with reads or writes alone there is none.
void add_phase(TextTable& table, std::span<const SummaryRow> rows, const Styles& styles) {
    using Kind = SummaryRow::Kind;
    bool any_read = false;
    bool any_write = false;
    for (const auto& row : rows) {
        any_read = any_read || row.kind == Kind::read;
        any_write = any_write || row.kind == Kind::write;
    }
    const bool is_mixed = any_read && any_write;
    table.add_section({fmt::format("{} · {}", rows[0].phase,
                                   rows[0].phase_s < 10 ? fmt::format("{:.2f} s", rows[0].phase_s)
                                                        : fmt::format("{:.1f} s", rows[0].phase_s)),
                       styles.bold});
    add_row(table, rows[0], "  all", styles);
    for (const bool is_write : {false, true}) {
        for (const auto& row : rows) {
            const bool is_sum = row.kind == (is_write ? Kind::write : Kind::read);
            const bool is_member = row.kind == Kind::operation && row.is_write == is_write;
            if (is_sum && is_mixed) add_row(table, row, "  " + row.operation, styles);
            if (is_member) add_row(table, row, (is_mixed ? "    " : "  ") + row.operation, styles);
        }
    }
}

std::string results_table(const RunRecord& record, const Styles& styles) {
    using Align = TextTable::Align;
    TextTable table({{"", Align::left},
                     {"ok/s"},
                     {"p50"},
                     {"p90"},
                     {"p99"},
                     {"p99.9"},
                     {"max"},
                     {"ok"},
                     {"failed"},
                     {"unknown"},
                     {"skipped"}});
    auto rows = summary_rows(record);
    // For a single entry the sum is enough here.
    std::erase_if(rows, [](const SummaryRow& row) {
        return row.key_group != "all" || (row.entry != "all" && row.kind != SummaryRow::Kind::all);
    });
    for (std::size_t begin = 0; begin < rows.size();) {
        auto end = begin + 1;
        while (end < rows.size() && rows[end].kind != SummaryRow::Kind::all) ++end;
        if (rows[begin].entry == "all")
            add_phase(table, std::span(rows).subspan(begin, end - begin), styles);
        else
            add_row(table, rows[begin], "  by " + rows[begin].entry, styles);
        begin = end;
    }
    return table.to_text(page_width, styles.dim);
}

std::string legend(const Styles& styles) {
    static constexpr auto text = "p50 … max: response times of ok operations, from the intended "
                                 "start. failed: did not happen. "
                                 "unknown: may have happened. skipped: never sent.";
    const auto wrapped = wrap_text("", text, page_width);
    return styles.dim.empty() ? wrapped : styles.dim + wrapped + "\033[0m";
}

/// What a reader must know before any number.
std::string warnings(const RunRecord& record, const Styles& styles) {
    std::string text;
    if (record.status == RunStatus::interrupted)
        text += "INTERRUPTED: the numbers cover what was measured until then\n";
    if (record.status == RunStatus::failed)
        text += wrap_text("FAILED: ", record.failure, page_width);
    for (const auto& warning : record.warnings)
        text += wrap_text("UNRELIABLE: ", warning, page_width);
    for (const auto& row : summary_rows(record)) {
        const auto ended = row.ok + row.failed + row.unknown + row.skipped;
        if (row.scheduled == ended) continue;
        text += fmt::format("BUG: {} {} counts {} operations as scheduled and {} as ended\n",
                            row.phase, row.operation, row.scheduled, ended);
    }
    return text.empty() || styles.bad.empty() ? text : styles.bad + text + "\033[0m";
}

} // namespace

std::string progress_text(const Progress& progress) {
    auto text = progress.total_s > 0
                    ? fmt::format("[{:.0f}/{:.0f} s]", progress.elapsed_s, progress.total_s)
                    : fmt::format("[{:.0f} s]", progress.elapsed_s);
    text += fmt::format(" {:<6}  {:>7} ok/s  p50 {:>7}  p99 {:>7}", progress.phase,
                        rate_text(progress.ok_per_s), latency_text(progress.p50_us),
                        latency_text(progress.p99_us));
    if (progress.failed + progress.unknown + progress.skipped == 0) return text + "  no errors";
    return text + fmt::format("  failed {}  unknown {}  skipped {}", progress.failed,
                              progress.unknown, progress.skipped);
}

std::string event_text(const Event& event) {
    auto text = fmt::format("[{:.1f} s] {}", event.elapsed_s, event.kind);
    if (!event.subject.empty()) text += ' ' + event.subject;
    if (!event.detail.empty()) text += ": " + event.detail;
    return text;
}

std::string cut_to_width(std::string_view text, std::size_t width) {
    std::size_t used = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if ((static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) continue;
        if (used++ == width) return std::string(text.substr(0, at));
    }
    return std::string(text);
}

std::string summary_text(const RunRecord& record, const std::filesystem::path& folder,
                         bool with_colors) {
    const auto styles = make_styles(with_colors);
    auto text = '\n' + heading(record) + '\n' + warnings(record, styles);
    // The probes' operations are in summary.csv: too many for a page.
    text += record.capacity ? capacity_table(*record.capacity, page_width, styles.dim)
            : record.suite  ? suite_table(*record.suite, page_width, styles.dim)
                            : results_table(record, styles) + '\n' + legend(styles);
    if (!record.client.empty()) text += wrap_text("client: ", record.client, page_width);
    text += '\n';
    const auto recovery = recovery_table(record, page_width, styles.dim);
    if (!recovery.empty()) text += recovery + '\n';
    if (record.verification) text += verification_text(*record.verification, with_colors) + '\n';
    for (const auto& sentence : record.narrative) text += wrap_text("", sentence, page_width);
    if (!record.narrative.empty()) text += '\n';
    text += "results   " + (folder.empty() ? "could not be saved" : folder.string()) + '\n';
    return text;
}

namespace {

std::string time_text(double ms) {
    if (ms <= 0) return "at once";
    auto text = latency_text(ms * 1e3);
    while (text.ends_with(' ')) text.pop_back();
    return text;
}

/// `never`: what its absence means.
std::string metric_text(const std::optional<MetricSpread>& metric, std::size_t faults,
                        const char* never) {
    if (!metric) return never;
    if (faults == 1) return time_text(metric->median);
    auto text = fmt::format("{} ({}–{}", time_text(metric->median), time_text(metric->min),
                            metric->missing > 0 ? never : time_text(metric->max));
    return text + ")";
}

} // namespace

std::string recovery_table(const RunRecord& record, std::size_t width,
                           const std::string& header_style) {
    using Align = TextTable::Align;
    TextTable table({{"after the fault", Align::left},
                     {"first error"},
                     {"unavailable"},
                     {"first success"},
                     {"slowest"},
                     {"back to baseline"},
                     {"redundant"}});
    bool any = false;
    for (const auto& row : summarize_recovery(record.recovery)) {
        const bool is_sum = row.operation == "read" || row.operation == "write";
        if (!is_sum || row.key_group == "all") continue;
        any = true;
        auto worst = metric_text(row.worst_operation_ms, row.faults, "–");
        if (row.worst_operation_censored) worst.insert(0, "> ");
        table.add_row({fmt::format("{}s, {} keys", row.operation, row.key_group),
                       metric_text(row.time_to_first_error_ms, row.faults, "none"),
                       metric_text(row.unavailable_ms, row.faults, "–"),
                       metric_text(row.time_to_first_ok_ms, row.faults, "never"), worst,
                       metric_text(row.time_to_baseline_ms, row.faults, "not yet"),
                       metric_text(row.time_to_redundancy_ms, row.faults, "not yet")});
    }
    return any ? table.to_text(width, header_style) : std::string();
}

} // namespace citusbench
