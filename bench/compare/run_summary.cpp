#include "compare/run_summary.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "record/csv_text.hpp"

namespace citusbench {
namespace {

namespace fs = std::filesystem;

/// What a cell of a column must hold.
enum class Type { text, count, number, number_or_empty };

constexpr std::array count_columns = {"replication", "seed", "connections", "pipeline", "batch",
                                      "scheduled",   "ok",   "failed",      "unknown",  "skipped"};
constexpr std::array text_columns = {
    "run",   "workload",  "topology",  "engine", "scale", "mix", "key_distribution",
    "phase", "operation", "key_group", "entry"};

Type type_of(std::string_view column) {
    const auto is_column = [&](std::string_view name) { return name == column; };
    if (std::any_of(text_columns.begin(), text_columns.end(), is_column)) return Type::text;
    if (std::any_of(count_columns.begin(), count_columns.end(), is_column)) return Type::count;
    return column == "phase_s" ? Type::number : Type::number_or_empty;
}

template <typename Number>
std::optional<Number> parse_number(const std::string& cell) {
    Number value{};
    const auto* last = cell.data() + cell.size();
    const auto [end, code] = std::from_chars(cell.data(), last, value);
    if (code != std::errc{} || end != last || cell.empty()) return std::nullopt;
    return value;
}

/// Where a cell stands, for messages.
struct Position {
    const fs::path& file;
    std::size_t line;
};

[[noreturn]] void refuse(const Position& at, const std::string& why) {
    throw UsageError(fmt::format("{} line {}: {}", at.file.string(), at.line, why));
}

std::optional<double> read_cell(const Position& at, std::string_view column,
                                const std::string& cell) {
    const auto type = type_of(column);
    const auto complain = [&](const char* expected) {
        refuse(at, fmt::format("column {} has '{}' instead of {}", column, cell, expected));
    };
    if (type == Type::text) return std::nullopt;
    if (type == Type::count) {
        const auto count = parse_number<std::uint64_t>(cell);
        if (!count) complain("a whole number");
        return static_cast<double>(*count);
    }
    if (cell.empty() && type == Type::number_or_empty) return std::nullopt;
    const auto number = parse_number<double>(cell);
    if (!number || !std::isfinite(*number)) complain("a number");
    return number;
}

const std::vector<std::string>& expected_columns() {
    static const auto columns = [] {
        std::size_t at = 0;
        return split_csv_record(summary_header, at).value();
    }();
    return columns;
}

/// A line of the file, its cells by the names of the contract.
using Line = std::map<std::string, std::string, std::less<>>;

class Reader {
  public:
    explicit Reader(fs::path file) : file_(std::move(file)) {
        std::ifstream in(file_, std::ios::binary);
        std::ostringstream text;
        if (in) text << in.rdbuf();
        if (!in)
            throw UsageError(fmt::format(
                "{} cannot be read: name a run's folder or its summary.csv", file_.string()));
        text_ = text.str();
        if (text_.starts_with("\xef\xbb\xbf")) text_.erase(0, 3); // a spreadsheet's mark
        read_header();
    }

    /// The next row; nothing at the end.
    std::optional<Line> next() {
        while (at_ < text_.size() && text_[at_] == '\n') skip_empty_line();
        if (at_ >= text_.size()) return std::nullopt;
        const auto cells = record();
        if (cells.size() != header_.size())
            refuse(position(), fmt::format("has {} cells, the header has {} columns", cells.size(),
                                           header_.size()));
        Line line;
        for (std::size_t i = 0; i < cells.size(); ++i) line[header_[i]] = cells[i];
        return line;
    }

    /// Of the row that next() returned last.
    Position position() const { return {file_, line_}; }

  private:
    void skip_empty_line() {
        ++at_;
        ++next_line_;
    }

    std::vector<std::string> record() {
        line_ = next_line_;
        const auto begin = at_;
        auto cells = split_csv_record(text_, at_);
        if (!cells) refuse(position(), "a quote is open or in the wrong place");
        const auto used = std::string_view(text_).substr(begin, at_ - begin);
        next_line_ += static_cast<std::size_t>(std::count(used.begin(), used.end(), '\n'));
        return *std::move(cells);
    }

    void read_header() {
        header_ = record();
        for (const auto& column : expected_columns()) {
            const auto count = std::count(header_.begin(), header_.end(), column);
            if (count == 1) continue;
            refuse(position(), fmt::format("column {} {}: is this the summary.csv of a run?",
                                           column, count == 0 ? "is missing" : "comes twice"));
        }
    }

    fs::path file_;
    std::string text_;
    std::vector<std::string> header_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    std::size_t next_line_ = 1;
};

std::map<std::string, std::string> labels_of(const Line& line) {
    std::map<std::string, std::string> labels;
    for (const auto* column :
         {"run", "workload", "topology", "engine", "replication", "scale", "seed", "mix",
          "key_distribution", "connections", "pipeline", "batch", "rate_target"})
        labels[column] = line.find(column)->second;
    return labels;
}

ComparedRow read_row(const Position& at, const Line& line) {
    std::map<std::string, std::optional<double>, std::less<>> numbers;
    for (const auto& column : expected_columns())
        numbers[column] = read_cell(at, column, line.find(column)->second);
    const auto ended =
        *numbers["ok"] + *numbers["failed"] + *numbers["unknown"] + *numbers["skipped"];
    if (*numbers["scheduled"] != ended)
        refuse(at, fmt::format("scheduled is {}, but ok + failed + unknown + skipped make {}",
                               *numbers["scheduled"], ended));
    ComparedRow row;
    row.key = {line.at("phase"), line.at("operation"), line.at("key_group"), line.at("entry")};
    for (std::size_t i = 0; i < compared_columns.size(); ++i)
        row.values[i] = numbers.find(compared_columns[i])->second;
    return row;
}

/// "complete", "interrupted", …; a run.json that cannot be read has no say here.
std::string status_beside(const fs::path& summary) {
    std::ifstream in(summary.parent_path() / "run.json");
    if (!in) return {};
    const auto json = nlohmann::json::parse(in, nullptr, false);
    if (!json.is_object() || !json.contains("status") || !json["status"].is_string()) return {};
    return json["status"].get<std::string>();
}

} // namespace

const ComparedRow* RunSummary::find(const RowKey& key) const {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const ComparedRow& candidate) {
        return candidate.key == key;
    });
    return row == rows.end() ? nullptr : &*row;
}

RunSummary read_run_summary(const fs::path& run) {
    const auto file = fs::is_directory(run) ? run / "summary.csv" : run;
    Reader reader(file);
    RunSummary summary;
    while (const auto line = reader.next()) {
        const auto row = read_row(reader.position(), *line);
        const auto labels = labels_of(*line);
        if (summary.rows.empty()) summary.labels = labels;
        for (const auto& [column, value] : summary.labels)
            if (labels.at(column) != value)
                refuse(reader.position(),
                       fmt::format("column {} has '{}' after '{}': a summary.csv is of one run",
                                   column, labels.at(column), value));
        if (summary.find(row.key) != nullptr)
            refuse(reader.position(),
                   fmt::format("{} {} {} {} comes a second time", row.key.phase, row.key.operation,
                               row.key.key_group, row.key.entry));
        summary.rows.push_back(row);
    }
    if (summary.rows.empty())
        throw UsageError(fmt::format("{} has no rows: the run measured nothing", file.string()));
    summary.name = summary.labels.at("run");
    summary.status = status_beside(file);
    return summary;
}

} // namespace citusbench
