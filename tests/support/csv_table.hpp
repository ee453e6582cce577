#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace citusbench::test {

/// A row by the names of its columns.
class CsvRow {
  public:
    explicit CsvRow(std::map<std::string, std::string> cells) : cells_(std::move(cells)) {}

    const std::string& operator[](const std::string& column) const { return cells_.at(column); }
    std::uint64_t count(const std::string& column) const { return std::stoull(cells_.at(column)); }
    /// 0 for an empty cell.
    double number(const std::string& column) const {
        const auto& cell = cells_.at(column);
        return cell.empty() ? 0 : std::stod(cell);
    }

  private:
    std::map<std::string, std::string> cells_;
};

using CsvTable = std::vector<CsvRow>;

/// Splits a record by RFC 4180; no cell of ours has a line break.
inline std::vector<std::string> split_csv(const std::string& line) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"')
            cells.back() += line[++i];
        else if (c == '"')
            quoted = !quoted;
        else if (c == ',' && !quoted)
            cells.emplace_back();
        else
            cells.back() += c;
    }
    return cells;
}

inline CsvTable read_csv(const std::filesystem::path& path) {
    std::ifstream stream(path);
    if (!stream) throw std::runtime_error("no file " + path.string());
    std::string line;
    std::getline(stream, line);
    const auto header = split_csv(line);
    CsvTable table;
    while (std::getline(stream, line)) {
        const auto cells = split_csv(line);
        if (cells.size() != header.size()) throw std::runtime_error("ragged line: " + line);
        std::map<std::string, std::string> row;
        for (std::size_t i = 0; i < cells.size(); ++i) row[header[i]] = cells[i];
        table.emplace_back(std::move(row));
    }
    return table;
}

} // namespace citusbench::test
