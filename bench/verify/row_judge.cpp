#include "verify/row_judge.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pg/copy_rows.hpp"

namespace citusbench {

using Mark = Ledger::Mark;

RowJudge::RowJudge(const RunFacts& facts, const Issued& issued, const Updates& updates,
                   const RowNames& names)
    : facts_(facts), workload_(*facts.workload), issued_(issued), updates_(updates), names_(names),
      session_(workload_.session(facts.identity)), cells_(facts, issued, updates) {}

Sight RowJudge::blank() const {
    Sight sight;
    for (std::size_t table = 0; table < workload_.tables().size(); ++table)
        sight.loaded.emplace_back(workload_.row_count(table));
    sight.inserted = Bits(issued_.slots());
    sight.outdated = Bits(updates_.all().size());
    return sight;
}

bool RowJudge::is_on_wrong_side(std::size_t table, std::string_view row,
                                std::size_t cluster) const {
    if (names_.clusters().clusters() == 1) return false;
    const auto key = names_.key(table, row);
    return key.kind != RoutingKey::Kind::none && names_.clusters().owner_of(key) != cluster;
}

void RowJudge::judge(std::size_t table, std::string_view row, Sight& sight, std::size_t cluster) {
    ++sight.rows;
    if (is_on_wrong_side(table, row, cluster)) {
        sight.wrong_side.add([&] {
            return fmt::format("{}, which lies in cluster {}", names_.of(table, row),
                               cluster_letter(cluster));
        });
        return;
    }
    const auto id = pg::field_int8(pg::CopyFields::at(row, names_.id_column(table)));
    const auto run = id && *id > 0 ? run_of_row(*id) : UINT64_MAX;
    const auto unexpected = [&] {
        sight.unexpected.add([&] { return names_.of(table, row) + ": no operation issued it"; });
    };
    if (run == 0) {
        const auto number = static_cast<std::uint64_t>(*id) - 1;
        if (number >= workload_.row_count(table)) return unexpected();
        return judge_loaded(table, number, row, sight);
    }
    if (table != workload_.insert_table() || run > facts_.latest_run) return unexpected();
    if (run != facts_.identity.run) {
        ++sight.rows_of_other_runs;
        return;
    }
    const auto index = index_of_row(*id);
    if (issued_.mark(index) == Mark::none || number_of_row(*id) >= issued_.rows(index))
        return unexpected();
    judge_inserted(*id, row, sight);
}

void RowJudge::judge_inserted(std::int64_t id, std::string_view row, Sight& sight) {
    const auto table = workload_.insert_table();
    const auto index = index_of_row(id);
    if (sight.inserted.put(issued_.slot(index, number_of_row(id))))
        sight.duplicated.add([&] { return names_.of(table, row); });
    if (issued_.mark(index) == Mark::failed) return; // it should not be there, whatever it says
    expected_.clear();
    session_->make_inserted_row(index, issued_.kind(index), number_of_row(id), expected_);
    if (row == expected()) return;
    sight.corrupted.add([&] {
        std::vector<std::string> columns;
        pg::CopyFields actual(row);
        pg::CopyFields wanted(expected());
        for (std::size_t i = 0; i < static_cast<std::size_t>(wanted.count()); ++i)
            if (actual.next() != wanted.next()) columns.push_back(names_.column(table, i));
        return fmt::format("{}: {} not as sent", names_.of(table, row), fmt::join(columns, ", "));
    });
}

void RowJudge::judge_loaded(std::size_t table, std::uint64_t number, std::string_view row,
                            Sight& sight) {
    if (sight.loaded[table].put(number))
        sight.duplicated.add([&] { return names_.of(table, row); });
    expected_.clear();
    workload_.make_row(table, number, facts_.identity.load_time_us, expected_);
    const bool touched = updates_.touch(table, number);
    if (row == expected() && !touched) return;
    const auto columns = differences(table, row);
    if (!columns.empty())
        sight.corrupted.add([&] {
            return fmt::format("{}: {} not as loaded", names_.of(table, row),
                               fmt::join(columns, ", "));
        });
    judge_cells(table, number, row, sight);
}

std::vector<std::string> RowJudge::differences(std::size_t table, std::string_view row) const {
    std::vector<std::string> columns;
    pg::CopyFields actual(row);
    pg::CopyFields wanted(expected());
    for (std::size_t i = 0; i < static_cast<std::size_t>(wanted.count()); ++i)
        if (actual.next() != wanted.next() && !updates_.can_change(table, i))
            columns.push_back(names_.column(table, i));
    return columns;
}

void RowJudge::judge_cells(std::size_t table, std::uint64_t number, std::string_view row,
                           Sight& sight) {
    pg::CopyFields actual(row);
    pg::CopyFields loaded(expected());
    for (std::size_t i = 0; i < static_cast<std::size_t>(loaded.count()); ++i) {
        const auto value = actual.next();
        const auto first = loaded.next();
        if (!updates_.can_change(table, i)) continue;
        const Change cell{table, number, i};
        switch (cells_.judge(cell, value, first)) {
        case CellVerdict::fine:
            break;
        case CellVerdict::others:
            ++sight.values_of_other_runs;
            break;
        case CellVerdict::outdated:
            sight.outdated.put(updates_.number_of(updates_.of(cell)));
            break;
        case CellVerdict::failed:
            sight.unexpected.add([&] {
                return fmt::format("{}: {} as an update that failed would have set it",
                                   names_.of(table, row), names_.column(table, i));
            });
            break;
        case CellVerdict::corrupted:
            sight.corrupted.add([&] {
                return fmt::format("{}: {} as nobody wrote it", names_.of(table, row),
                                   names_.column(table, i));
            });
            break;
        }
    }
}

std::string RowJudge::name_of_loaded(std::size_t table, std::uint64_t row) {
    expected_.clear();
    workload_.make_row(table, row, facts_.identity.load_time_us, expected_);
    return names_.of(table, expected());
}

std::string RowJudge::name_of_update(const Updates::Record& record) {
    const auto cell = Updates::cell_of(record);
    return fmt::format("{}: an acknowledged update of {}", name_of_loaded(cell.table, cell.row),
                       names_.column(cell.table, cell.column));
}

std::string RowJudge::name_of_inserted(std::uint64_t index, std::uint64_t row) {
    expected_.clear();
    session_->make_inserted_row(index, issued_.kind(index), row, expected_);
    return names_.of(workload_.insert_table(), expected());
}

} // namespace citusbench
