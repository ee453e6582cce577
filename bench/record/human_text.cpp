#include "record/human_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <stdexcept>

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

namespace {

std::string styled(const std::string& text, const std::string& style) {
    return style.empty() ? text : style + text + "\033[0m";
}

std::string escape_pipes(const std::string& text) {
    std::string result;
    for (const char c : text) {
        if (c == '|') result += '\\';
        result += c;
    }
    return result;
}

} // namespace

void TextTable::add_row(std::vector<Cell> cells) {
    if (cells.size() != columns_.size() || cells.size() < 2)
        throw std::logic_error("a table row needs a cell for each of its two or more columns");
    rows_.push_back(std::move(cells));
}

void TextTable::add_section(Cell title) {
    rows_.push_back({std::move(title)});
}

std::string TextTable::line(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                            std::size_t gap) const {
    std::string result;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string pad(widths[i] - display_width(cells[i].text), ' ');
        const bool is_left = columns_[i].align == Align::left;
        if (i > 0) result.append(gap, ' ');
        if (!is_left) result += pad;
        result += styled(cells[i].text, cells[i].style);
        if (is_left) result += pad;
    }
    result.erase(result.find_last_not_of(' ') + 1);
    return result += '\n';
}

std::string TextTable::to_text(std::size_t width, const std::string& header_style) const {
    std::vector<std::size_t> widths;
    std::vector<Cell> header;
    for (const auto& column : columns_) {
        widths.push_back(display_width(column.header));
        header.emplace_back(column.header, header_style);
    }
    for (const auto& row : rows_) {
        if (row.size() == 1) continue;
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], display_width(row[i].text));
    }
    const auto content = std::accumulate(widths.begin(), widths.end(), std::size_t{0});
    const std::size_t gap = content + 2 * (widths.size() - 1) <= width ? 2 : 1;
    auto result = line(header, widths, gap);
    for (const auto& row : rows_) {
        result +=
            row.size() == 1 ? styled(row[0].text, row[0].style) + '\n' : line(row, widths, gap);
    }
    return result;
}

std::string TextTable::to_markdown() const {
    std::string header = "|";
    std::string rule = "|";
    for (const auto& column : columns_) {
        header += ' ' + escape_pipes(column.header) + " |";
        rule += column.align == Align::left ? " --- |" : " ---: |";
    }
    auto result = header + '\n' + rule + '\n';
    for (const auto& row : rows_) {
        result += '|';
        if (row.size() == 1) {
            result += " **" + escape_pipes(row[0].text) + "** |";
            for (std::size_t i = 1; i < columns_.size(); ++i) result += " |";
        } else {
            for (const auto& cell : row) result += ' ' + escape_pipes(cell.text) + " |";
        }
        result += '\n';
    }
    return result;
}

} // namespace citusbench
