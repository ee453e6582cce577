#include "record/human_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "core/quantity.hpp"

namespace citusbench {
namespace {

constexpr auto missing = "–";

/// Three significant digits below 1,000. The limits are where rounding would make a fourth.
int decimals_for(double value) {
    const double size = std::abs(value);
    if (size < 9.995) return 2;
    return size < 99.95 ? 1 : 0;
}

} // namespace

std::string latency_text(std::optional<double> us) {
    if (!us) return missing;
    struct Unit {
        double factor;
        const char* name;
    };
    static constexpr std::array units = {Unit{1, "µs"}, Unit{1e3, "ms"}};
    for (const auto& unit : units) {
        const double value = *us / unit.factor;
        if (value >= 999.5) continue;
        return fmt::format("{:.{}f} {}", value, decimals_for(value), unit.name);
    }
    const double value = *us / 1e6;
    return fmt::format("{:.{}f} s ", value, decimals_for(value));
}

std::string rate_text(std::optional<double> per_s) {
    if (!per_s) return missing;
    if (*per_s == 0) return "0";
    if (*per_s >= 999.5) return format_count(static_cast<std::uint64_t>(std::llround(*per_s)));
    return fmt::format("{:.{}f}", *per_s, decimals_for(*per_s));
}

std::string percent_text(std::optional<double> percent) {
    if (!percent) return missing;
    const double rounded = std::round(*percent * 10) / 10;
    if (rounded == 0) return "0.0 %";
    return fmt::format("{:+.1f} %", rounded);
}

std::size_t display_width(std::string_view utf8) {
    const auto starts_character = [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    };
    return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), starts_character));
}

std::string wrap_text(std::string_view first, std::string_view text, std::size_t width) {
    const std::string indent(display_width(first), ' ');
    std::string result(first);
    std::size_t used = indent.size();
    bool line_is_empty = true;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (word.empty()) continue;
        const auto needed = display_width(word) + (line_is_empty ? 0 : 1);
        if (!line_is_empty && used + needed > width) {
            result += '\n';
            result += indent;
            used = indent.size();
            line_is_empty = true;
        }
        if (!line_is_empty) result += ' ';
        used += display_width(word) + (line_is_empty ? 0 : 1);
        result += word;
        line_is_empty = false;
    }
    return result += '\n';
}

} // namespace citusbench
