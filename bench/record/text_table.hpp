#pragma once

#include <string>
#include <vector>

namespace citusbench {

/// A table of aligned columns for people. All texts are UTF-8; a style is an escape sequence that
/// takes no room, such as "\033[1m", or empty.
class TextTable {
  public:
    enum class Align { left, right };
    struct Column {
        std::string header;
        Align align = Align::right;
    };
    struct Cell {
        std::string text;
        std::string style;
        Cell(std::string content, std::string escape = {})
            : text(std::move(content)), style(std::move(escape)) {}
        Cell(const char* content) : text(content) {}
    };

    explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

    /// As many cells as columns.
    void add_row(std::vector<Cell> cells);
    /// A line of its own that heads the rows below it.
    void add_section(Cell title);

    /// Lines of at most `width` columns if it can be had by narrower gaps (two blanks, else one).
    std::string to_text(std::size_t width = 100, const std::string& header_style = {}) const;
    /// A pipe table; a section becomes a bold first cell.
    std::string to_markdown() const;

  private:
    std::string line(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                     std::size_t gap) const;

    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_; ///< a section is a row of one cell in a wider table
};

} // namespace citusbench
