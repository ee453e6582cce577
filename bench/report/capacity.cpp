#include "report/outputs.hpp"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/csv_text.hpp"
#include "record/human_text.hpp"
#include "report/output_file.hpp"

namespace citusbench {
namespace {

constexpr int probe_us_decimals = 3;

std::string cell_of(const std::string& column, std::optional<double> value) {
    return csv_number(value, column.ends_with("_us") ? probe_us_decimals : 0);
}

void write_capacity(const CapacityRecord& capacity, const std::filesystem::path& folder) {
    OutputFile file(folder / "capacity.csv");
    file.write(capacity_header);
    for (const auto& column : capacity.columns) file.write("," + csv_field(column));
    file.write("\n");
    for (const auto& probe : capacity.probes) {
        std::vector<std::string> cells = {probe.name, capacity_rate_cell(probe.rate),
                                          probe.held ? "true" : "false"};
        for (std::size_t i = 0; i < capacity.columns.size(); ++i)
            cells.push_back(cell_of(capacity.columns[i], probe.values[i]));
        file.write(csv_line(cells));
    }
    file.close();
}

class CapacityFile : public Reporter {
  public:
    bool writes_files() const override { return true; }
    void finish(const RunRecord& record, const std::filesystem::path& folder) override {
        if (record.capacity) write_capacity(*record.capacity, folder);
    }
};

} // namespace

std::unique_ptr<Reporter> make_capacity() {
    return std::make_unique<CapacityFile>();
}

std::string capacity_table(const CapacityRecord& capacity, std::size_t width,
                           const std::string& header_style) {
    using Align = TextTable::Align;
    std::vector<TextTable::Column> columns = {
        {"probe", Align::left}, {"rate/s"}, {"", Align::left}, {"measured"}};
    for (const auto& column : capacity.columns) columns.push_back({capacity_column_text(column)});
    columns.push_back({"client CPU"});
    TextTable table(std::move(columns));
    for (const auto& probe : capacity.probes) {
        std::vector<TextTable::Cell> cells = {probe.name, rate_text(probe.rate),
                                              capacity_verdict_text(probe),
                                              fmt::format("{:.1f} s", probe.measured_s)};
        for (std::size_t i = 0; i < capacity.columns.size(); ++i)
            cells.emplace_back(capacity_value_text(capacity.columns[i], probe.values[i]));
        cells.emplace_back(fmt::format("{:.0f} %", 100 * probe.client_cpu));
        table.add_row(std::move(cells));
    }
    return table.to_text(width, header_style);
}

} // namespace citusbench
