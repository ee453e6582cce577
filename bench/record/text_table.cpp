#include "record/text_table.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "record/human_text.hpp"

namespace citusbench {
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
