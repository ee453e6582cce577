#include "report/outputs.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "record/csv_text.hpp"
#include "record/human_text.hpp"
#include "record/summarize.hpp"
#include "report/output_file.hpp"

namespace citusbench {
namespace {

constexpr int suite_us_decimals = 3;

std::optional<double> ok_per_s(const SuiteRow& row) {
    if (row.elapsed_s <= 0) return std::nullopt;
    return static_cast<double>(row.stats.count(Outcome::ok)) / row.elapsed_s;
}

std::vector<std::string> cells_of(const SuiteRecord& suite, const SuiteRow& row) {
    std::vector<std::string> cells = {suite.name,
                                      row.condition,
                                      row.node,
                                      row.operation,
                                      std::to_string(row.concurrency),
                                      std::to_string(row.stats.scheduled)};
    for (const auto outcome : {Outcome::ok, Outcome::failed, Outcome::unknown, Outcome::skipped})
        cells.push_back(std::to_string(row.stats.count(outcome)));
    cells.push_back(std::to_string(row.stats.rows));
    cells.push_back(csv_number(row.elapsed_s, 6));
    cells.push_back(csv_number(ok_per_s(row), 3));
    const auto& service = row.stats.service[index_of(Outcome::ok)];
    const auto summary = summarize(service);
    const auto buckets = service.buckets();
    std::vector<std::optional<double>> times(5);
    if (summary)
        times = {static_cast<double>(buckets.front().from_ns) / 1e3, summary->mean_us,
                 summary->p50_us, summary->p95_us, summary->max_us};
    for (const auto& time : times) cells.push_back(csv_number(time, suite_us_decimals));
    return cells;
}

class SuiteFile : public Reporter {
  public:
    bool writes_files() const override { return true; }
    void finish(const RunRecord& record, const std::filesystem::path& folder) override {
        if (!record.suite) return;
        OutputFile file(folder / "suite.csv");
        file.write(std::string(suite_header) + "\n");
        for (const auto& row : record.suite->rows)
            file.write(csv_line(cells_of(*record.suite, row)));
        file.close();
    }
};

template <typename Member>
std::vector<std::string> distinct(const SuiteRecord& suite, Member member) {
    std::vector<std::string> names;
    for (const auto& row : suite.rows)
        if (std::find(names.begin(), names.end(), row.*member) == names.end())
            names.push_back(row.*member);
    return names;
}

/// A single connection's rate says no more than its times do.
bool has_rate(const SuiteRecord& suite, const std::string& condition) {
    return std::any_of(suite.rows.begin(), suite.rows.end(), [&](const SuiteRow& row) {
        return row.condition == condition && row.concurrency > 1;
    });
}

/// nullptr where there is none.
const SuiteRow* find_row(const SuiteRecord& suite, const std::string& operation,
                         const std::string& condition) {
    const auto row = std::find_if(suite.rows.begin(), suite.rows.end(), [&](const auto& each) {
        return each.operation == operation && each.condition == condition;
    });
    return row == suite.rows.end() ? nullptr : &*row;
}

/// The median, and the rate or the maximum.
std::vector<TextTable::Cell> times_of(const SuiteRow* row, bool with_rate) {
    const auto summary =
        row != nullptr ? summarize(row->stats.service[index_of(Outcome::ok)]) : std::nullopt;
    const auto median = summary ? std::optional(summary->p50_us) : std::nullopt;
    const auto most = summary ? std::optional(summary->max_us) : std::nullopt;
    return {latency_text(median), with_rate
                                      ? rate_text(row != nullptr ? ok_per_s(*row) : std::nullopt)
                                      : latency_text(most)};
}

} // namespace

std::unique_ptr<Reporter> make_suite() {
    return std::make_unique<SuiteFile>();
}

std::string suite_table(const SuiteRecord& suite, std::size_t width,
                        const std::string& header_style) {
    const auto conditions = distinct(suite, &SuiteRow::condition);
    std::vector<TextTable::Column> columns = {{"", TextTable::Align::left}};
    for (const auto& condition : conditions) {
        columns.push_back({condition});
        columns.push_back({has_rate(suite, condition) ? "ok/s" : "max"});
    }
    columns.push_back({"not ok"});
    TextTable table(std::move(columns));
    for (const auto& operation : distinct(suite, &SuiteRow::operation)) {
        std::vector<TextTable::Cell> cells = {operation};
        std::uint64_t not_ok = 0;
        for (const auto& condition : conditions) {
            const auto* row = find_row(suite, operation, condition);
            for (auto& cell : times_of(row, has_rate(suite, condition)))
                cells.push_back(std::move(cell));
            if (row != nullptr) not_ok += row->stats.scheduled - row->stats.count(Outcome::ok);
        }
        cells.emplace_back(std::to_string(not_ok));
        table.add_row(std::move(cells));
    }
    return table.to_text(width, header_style) +
           "\nmedians of service times, from the send; a warm-up of each is left out\n";
}

} // namespace citusbench
