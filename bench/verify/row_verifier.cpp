#include "verify/row_verifier.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pg/copy_rows.hpp"

namespace citusbench {

RowVerifier::RowVerifier(const RunDescription& description, const IssuedOperations& issued,
                         const Updates& updates, const RowNames& names)
    : description_(description), workload_(*description.workload), issued_(issued),
      updates_(updates), names_(names), session_(workload_.session(description.identity)),
      cells_(description, issued, updates) {}

ScanResult RowVerifier::blank() const {
    ScanResult result;
    for (std::size_t table = 0; table < workload_.tables().size(); ++table)
        result.loaded.emplace_back(workload_.row_count(table));
    result.inserted = Bits(issued_.slots());
    result.outdated = Bits(updates_.all().size());
    return result;
}

bool RowVerifier::is_misrouted(std::size_t table, std::string_view row, std::size_t cluster) const {
    if (names_.clusters().clusters() == 1) return false;
    const auto key = names_.key(table, row);
    return key.kind != RoutingKey::Kind::none && names_.clusters().owner_of(key) != cluster;
}

void RowVerifier::check(std::size_t table, std::string_view row, ScanResult& result,
                        std::size_t cluster) {
    ++result.rows;
    if (is_misrouted(table, row, cluster)) {
        result.misrouted.add([&] {
            return fmt::format("{}, which lies in cluster {}", names_.of(table, row),
                               cluster_letter(cluster));
        });
        return;
    }
    const auto id = pg::field_int8(pg::CopyFields::at(row, names_.id_column(table)));
    const auto run = id && *id > 0 ? run_of_row(*id) : UINT64_MAX;
    const auto unexpected = [&] {
        result.unexpected.add([&] { return names_.of(table, row) + ": no operation issued it"; });
    };
    if (run == 0) {
        const auto number = static_cast<std::uint64_t>(*id) - 1;
        if (number >= workload_.row_count(table)) return unexpected();
        return check_loaded(table, number, row, result);
    }
    if (table != workload_.insert_table() || run > description_.latest_run) return unexpected();
    if (run != description_.identity.run) {
        ++result.rows_of_other_runs;
        return;
    }
    const auto index = index_of_row(*id);
    if (issued_.mark(index) == Ledger::Mark::none || number_of_row(*id) >= issued_.rows(index))
        return unexpected();
    check_inserted(*id, row, result);
}

void RowVerifier::check_inserted(std::int64_t id, std::string_view row, ScanResult& result) {
    const auto table = workload_.insert_table();
    const auto index = index_of_row(id);
    if (result.inserted.test_and_set(issued_.slot(index, number_of_row(id))))
        result.duplicated.add([&] { return names_.of(table, row); });
    if (issued_.mark(index) == Ledger::Mark::failed)
        return; // it should not be there, whatever it says
    expected_.clear();
    session_->make_inserted_row(index, issued_.kind(index), number_of_row(id), expected_);
    if (row == expected()) return;
    result.corrupted.add([&] {
        std::vector<std::string> columns;
        pg::CopyFields actual(row);
        pg::CopyFields wanted(expected());
        for (std::size_t i = 0; i < static_cast<std::size_t>(wanted.count()); ++i)
            if (actual.next() != wanted.next()) columns.push_back(names_.column(table, i));
        return fmt::format("{}: {} not as sent", names_.of(table, row), fmt::join(columns, ", "));
    });
}

void RowVerifier::check_loaded(std::size_t table, std::uint64_t number, std::string_view row,
                               ScanResult& result) {
    if (result.loaded[table].test_and_set(number))
        result.duplicated.add([&] { return names_.of(table, row); });
    expected_.clear();
    workload_.make_row(table, number, description_.identity.load_time_us, expected_);
    const bool touched = updates_.touch(table, number);
    if (row == expected() && !touched) return;
    const auto columns = differences(table, row);
    if (!columns.empty())
        result.corrupted.add([&] {
            return fmt::format("{}: {} not as loaded", names_.of(table, row),
                               fmt::join(columns, ", "));
        });
    check_cells(table, number, row, result);
}

std::vector<std::string> RowVerifier::differences(std::size_t table, std::string_view row) const {
    std::vector<std::string> columns;
    pg::CopyFields actual(row);
    pg::CopyFields wanted(expected());
    for (std::size_t i = 0; i < static_cast<std::size_t>(wanted.count()); ++i)
        if (actual.next() != wanted.next() && !updates_.can_change(table, i))
            columns.push_back(names_.column(table, i));
    return columns;
}

void RowVerifier::check_cells(std::size_t table, std::uint64_t number, std::string_view row,
                              ScanResult& result) {
    pg::CopyFields actual(row);
    pg::CopyFields loaded(expected());
    for (std::size_t i = 0; i < static_cast<std::size_t>(loaded.count()); ++i) {
        const auto value = actual.next();
        const auto first = loaded.next();
        if (!updates_.can_change(table, i)) continue;
        const Change cell{table, number, i};
        switch (cells_.check(cell, value, first)) {
        case CellVerdict::fine:
            break;
        case CellVerdict::others:
            ++result.values_of_other_runs;
            break;
        case CellVerdict::outdated:
            result.outdated.test_and_set(updates_.number_of(updates_.of(cell)));
            break;
        case CellVerdict::failed:
            result.unexpected.add([&] {
                return fmt::format("{}: {} as an update that failed would have set it",
                                   names_.of(table, row), names_.column(table, i));
            });
            break;
        case CellVerdict::corrupted:
            result.corrupted.add([&] {
                return fmt::format("{}: {} as no operation wrote it", names_.of(table, row),
                                   names_.column(table, i));
            });
            break;
        }
    }
}

std::string RowVerifier::name_of_loaded(std::size_t table, std::uint64_t row) {
    expected_.clear();
    workload_.make_row(table, row, description_.identity.load_time_us, expected_);
    return names_.of(table, expected());
}

std::string RowVerifier::name_of_update(const Updates::Record& record) {
    const auto cell = Updates::cell_of(record);
    return fmt::format("{}: an acknowledged update of {}", name_of_loaded(cell.table, cell.row),
                       names_.column(cell.table, cell.column));
}

std::string RowVerifier::name_of_inserted(std::uint64_t index, std::uint64_t row) {
    expected_.clear();
    session_->make_inserted_row(index, issued_.kind(index), row, expected_);
    return names_.of(workload_.insert_table(), expected());
}

} // namespace citusbench
