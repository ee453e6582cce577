#include "report/recovery_text.hpp"

#include <fmt/format.h>

#include "record/human_text.hpp"
#include "record/text_table.hpp"

namespace citusbench {
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
