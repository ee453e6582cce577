#include "record/capacity.hpp"

#include <cmath>

#include <fmt/format.h>

#include "core/quantity.hpp"
#include "record/human_text.hpp"

namespace citusbench {

std::string capacity_rate_cell(double rate) {
    return fmt::format("{}", rate);
}

std::string capacity_value_text(const std::string& column, std::optional<double> value) {
    if (column.ends_with("_us")) return latency_text(value);
    return value ? format_count(static_cast<std::uint64_t>(std::llround(*value))) : "–";
}

std::string capacity_column_text(const std::string& column) {
    constexpr std::string_view prefix = "response_";
    constexpr std::string_view unit = "_us";
    auto text = column;
    if (const auto at = text.find(prefix); at != std::string::npos) text.erase(at, prefix.size());
    if (text.ends_with(unit)) text.resize(text.size() - unit.size());
    return text;
}

std::string capacity_verdict_text(const CapacityProbe& probe) {
    if (probe.held) return "held";
    return probe.cut_short ? "missed, cut short" : "missed";
}

std::string capacity_line(const CapacityRecord& capacity, const CapacityProbe& probe) {
    auto line = fmt::format("{:<16} {:>9}/s  {:<17}", probe.name, rate_text(probe.rate),
                            capacity_verdict_text(probe));
    for (std::size_t i = 0; i < capacity.columns.size() && i < probe.values.size(); ++i)
        line += fmt::format("  {} {}", capacity_column_text(capacity.columns[i]),
                            capacity_value_text(capacity.columns[i], probe.values[i]));
    return line;
}

} // namespace citusbench
