#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "compare/comparison.hpp"
#include "core/quantity.hpp"
#include "record/csv_text.hpp"
#include "record/human_text.hpp"

namespace citusbench {
namespace {

bool is_latency(std::string_view column) {
    return column.ends_with("_us");
}

bool is_count(std::string_view column) {
    return column == "failed" || column == "unknown" || column == "skipped";
}

std::string metric_name(std::string_view column) {
    if (column == "ok_per_s") return "ok/s";
    if (column == "response_p50_us") return "p50";
    if (column == "response_p99_us") return "p99";
    if (column == "response_p999_us") return "p99.9";
    return std::string(column);
}

std::string value_text(std::string_view column, std::optional<double> value) {
    if (is_latency(column)) return latency_text(value);
    if (is_count(column) && value) return format_count(static_cast<std::uint64_t>(*value));
    return rate_text(value);
}

/// Counts of errors are mostly zero; then they are left out.
bool is_silent(const ComparedValue& value) {
    const auto is_zero = [](std::optional<double> number) { return !number || *number == 0; };
    return is_count(value.column) && is_zero(value.base) &&
           std::all_of(value.values.begin(), value.values.end(), is_zero);
}

std::string row_name(const RowKey& key) {
    auto name = key.operation;
    if (key.key_group != "all") name += ", " + key.key_group;
    if (key.entry != "all") name += " by " + key.entry;
    return name;
}

TextTable make_table(const Comparison& comparison) {
    using Align = TextTable::Align;
    std::vector<TextTable::Column> columns = {
        {"operation", Align::left}, {"", Align::left}, {"base"}};
    for (std::size_t i = 0; i < comparison.names.size(); ++i) {
        const auto number = comparison.names.size() == 1 ? std::string() : fmt::format("{}", i + 1);
        columns.push_back({"new" + number});
        columns.push_back({"diff" + number});
    }
    TextTable table(std::move(columns));
    std::string phase;
    std::string row;
    for (const auto& value : comparison.values) {
        if (is_silent(value)) continue;
        if (value.key.phase != phase) {
            phase = value.key.phase;
            row.clear();
            table.add_section(phase);
        }
        const auto name = row_name(value.key);
        std::vector<TextTable::Cell> cells = {name == row ? std::string() : "  " + name,
                                              metric_name(value.column),
                                              value_text(value.column, value.base)};
        row = name;
        for (const auto& number : value.values) {
            cells.emplace_back(value_text(value.column, number));
            cells.emplace_back(percent_text(difference_percent(value.base, number)));
        }
        table.add_row(std::move(cells));
    }
    return table;
}

std::string heading(const Comparison& comparison, std::string_view line_end) {
    auto text = fmt::format("base: {}{}", comparison.base, line_end);
    for (std::size_t i = 0; i < comparison.names.size(); ++i) {
        const auto number = comparison.names.size() == 1 ? std::string() : fmt::format("{}", i + 1);
        text += fmt::format("new{}: {}{}", number, comparison.names[i], line_end);
    }
    for (const auto& note : comparison.notes) text += fmt::format("note: {}{}", note, line_end);
    return text + "\n";
}

std::string raw_value(std::string_view column, std::optional<double> value) {
    return csv_number(value, is_count(column) ? 0 : 3);
}

std::string to_csv(const Comparison& comparison) {
    const std::array<std::string, 10> header = {"phase",  "operation",         "key_group", "entry",
                                                "metric", "base_run",          "base",      "run",
                                                "value",  "difference_percent"};
    auto text = csv_line(header);
    for (const auto& value : comparison.values) {
        for (std::size_t i = 0; i < value.values.size(); ++i) {
            const std::array<std::string, 10> cells = {
                value.key.phase,
                value.key.operation,
                value.key.key_group,
                value.key.entry,
                value.column,
                comparison.base,
                raw_value(value.column, value.base),
                comparison.names[i],
                raw_value(value.column, value.values[i]),
                csv_number(difference_percent(value.base, value.values[i]), 2)};
            text += csv_line(cells);
        }
    }
    return text;
}

} // namespace

std::string format_comparison(const Comparison& comparison, ComparisonFormat format) {
    switch (format) {
    case ComparisonFormat::text:
        return heading(comparison, "\n") + make_table(comparison).to_text();
    case ComparisonFormat::markdown:
        return heading(comparison, "  \n") + make_table(comparison).to_markdown();
    case ComparisonFormat::csv:
        return to_csv(comparison);
    }
    return {};
}

} // namespace citusbench
