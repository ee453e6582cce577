#include "verify/updates.hpp"

#include <algorithm>

namespace citusbench {
namespace {

using Mark = Ledger::Mark;

// Table, row and column of a cell in one number, which orders by them.
constexpr unsigned column_bits = 8;
constexpr unsigned row_bits = 48;

std::uint64_t number_of_cell(const Change& cell) {
    return (static_cast<std::uint64_t>(cell.table) << (row_bits + column_bits)) |
           (cell.row << column_bits) | static_cast<std::uint64_t>(cell.column);
}

bool is_update(const OperationKind& kind) {
    return kind.is_write && kind.rows == 0;
}

/// Some updates may find no row, but not this many consecutive ones.
constexpr std::uint64_t samples_a_kind = 64;
constexpr std::uint64_t indexes_between_looks = 1 << 16;

} // namespace

Change Updates::cell_of(const Record& record) {
    Change cell;
    cell.table = static_cast<std::size_t>(record.cell >> (row_bits + column_bits));
    cell.row = (record.cell >> column_bits) & ((std::uint64_t{1} << row_bits) - 1);
    cell.column = static_cast<std::size_t>(record.cell & ((1U << column_bits) - 1));
    return cell;
}

void Updates::learn_columns(const RunDescription& description, Session& session) {
    const auto& kinds = description.workload->operations();
    pg::CopyBuffer value;
    for (std::uint32_t kind = 0; kind < kinds.size(); ++kind)
        for (std::uint64_t index = 0; is_update(kinds[kind]) && index < samples_a_kind; ++index)
            if (const auto change = session.change(index, kind, value))
                changeable_.insert({change->table, change->column});
}

Updates::Updates(const RunDescription& description, const IssuedOperations& issued,
                 const StopFlag& stop) {
    const auto session = description.workload->session(description.identity);
    learn_columns(description, *session);
    const auto& kinds = description.workload->operations();
    bool any = false;
    for (std::size_t i = 0; i < kinds.size(); ++i)
        any = any || (is_update(kinds[i]) && description.weights[i] > 0);
    if (!any) return;
    for (std::size_t table = 0; table < description.workload->tables().size(); ++table)
        touched_.emplace_back(description.workload->row_count(table));
    pg::CopyBuffer value;
    for (std::uint64_t index = 0; index < issued.end(); ++index) {
        if (index % indexes_between_looks == 0) stop.check();
        const auto mark = issued.mark(index);
        if (mark == Mark::none) continue;
        const auto kind = issued.kind(index);
        if (!is_update(kinds[kind])) continue;
        value.clear();
        const auto change = session->change(index, kind, value);
        if (!change) continue;
        records_.push_back({number_of_cell(*change), index});
        touched_[change->table].test_and_set(change->row);
        if (mark == Mark::ok) ++acknowledged_;
    }
    std::sort(records_.begin(), records_.end(), [](const Record& a, const Record& b) {
        return a.cell != b.cell ? a.cell < b.cell : a.index < b.index;
    });
}

std::span<const Updates::Record> Updates::of(const Change& cell) const {
    const auto wanted = number_of_cell(cell);
    const auto first =
        std::lower_bound(records_.begin(), records_.end(), wanted,
                         [](const Record& record, std::uint64_t c) { return record.cell < c; });
    auto last = first;
    while (last != records_.end() && last->cell == wanted) ++last;
    return {first, last};
}

CellVerifier::CellVerifier(const RunDescription& description, const IssuedOperations& issued,
                           const Updates& updates)
    : description_(description), issued_(issued), updates_(updates),
      session_(description.workload->session(description.identity)) {}

std::string_view CellVerifier::value_of(std::uint64_t index) {
    value_.clear();
    session_->change(index, issued_.kind(index), value_);
    return {value_.data(), value_.size()};
}

/// Whether an acknowledged update of the same cell certainly came after update `index`.
bool CellVerifier::is_overwritten(std::uint64_t index,
                                  std::span<const Updates::Record> records) const {
    return std::any_of(records.rbegin(), records.rend(), [&](const Updates::Record& later) {
        return later.index != index && issued_.mark(later.index) == Mark::ok &&
               description_.ledger->precedes(index, later.index);
    });
}

CellVerdict CellVerifier::check(const Change& cell, std::string_view actual,
                                std::string_view loaded) {
    const auto records = updates_.of(cell);
    bool acknowledged = false;
    bool overwritten = false;
    bool failed = false;
    // Beginning with the last one: it is the most likely, and one match is enough.
    for (auto at = records.rbegin(); at != records.rend(); ++at) {
        const auto mark = issued_.mark(at->index);
        acknowledged = acknowledged || mark == Mark::ok;
        if (value_of(at->index) != actual) continue;
        if (mark == Mark::failed) {
            failed = true;
        } else if (is_overwritten(at->index, records)) {
            overwritten = true;
        } else {
            return CellVerdict::fine;
        }
    }
    const bool is_loaded = actual == loaded;
    if (is_loaded && !acknowledged) return CellVerdict::fine;
    if (description_.latest_run > description_.identity.run) return CellVerdict::others;
    if (is_loaded || overwritten) return CellVerdict::outdated;
    if (description_.identity.run > 1) return CellVerdict::others;
    return failed ? CellVerdict::failed : CellVerdict::corrupted;
}

} // namespace citusbench
