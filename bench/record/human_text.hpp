#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace citusbench {

/// Numbers for people; a value that does not exist is "–".

/// "850 µs", "1.23 ms", "12.3 s ": three significant digits, the unit two columns wide, so that
/// right-aligned cells line up at the number.
std::string latency_text(std::optional<double> us);

/// "0.25", "51.2", "512", "5,123".
std::string rate_text(std::optional<double> per_s);

/// "+7.4 %", "-12.0 %", "0.0 %".
std::string percent_text(std::optional<double> percent);

/// Columns that a UTF-8 text takes on a terminal, all of its characters being one wide.
std::size_t display_width(std::string_view utf8);

/// Breaks `text` at blanks into lines of at most `width` columns. The first line stands behind
/// `first`, the others behind as many blanks; every line ends with a newline.
std::string wrap_text(std::string_view first, std::string_view text, std::size_t width);

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

    /// Lines of at most `width` columns, if narrower gaps make that possible (two blanks, else
    /// one).
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
