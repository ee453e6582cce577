#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "core/stop_flag.hpp"
#include "pg/copy_rows.hpp"
#include "verify/run_description.hpp"
#include "verify/scan_result.hpp"

namespace citusbench {

/// The updates of a run by what they set: 16 bytes each, the values are made again.
class Updates {
  public:
    struct Record {
        std::uint64_t cell; ///< table, row and column in one number
        std::uint64_t index;
    };

    /// Goes through the ledger if the run had updates at all.
    Updates(const RunDescription& description, const IssuedOperations& issued,
            const StopFlag& stop);

    /// Whether some kind of update, of this run or another, sets this column.
    bool can_change(std::size_t table, std::size_t column) const {
        return changeable_.contains({table, column});
    }
    bool touch(std::size_t table, std::uint64_t row) const {
        return table < touched_.size() && touched_[table].test(row);
    }
    /// Updates of a loaded row's column by index, failed ones as well.
    std::span<const Record> of(const Change& cell) const;
    std::span<const Record> all() const { return records_; }
    /// The number in all() of the first record of a cell, which stands for the cell.
    std::uint64_t number_of(std::span<const Record> cell) const {
        return static_cast<std::uint64_t>(cell.data() - records_.data());
    }
    std::uint64_t acknowledged() const { return acknowledged_; }
    static Change cell_of(const Record& record);

  private:
    void learn_columns(const RunDescription& description, Session& session);

    std::set<std::pair<std::size_t, std::size_t>> changeable_; ///< table, column
    std::vector<Record> records_;                              ///< by cell, then index
    std::vector<Bits> touched_;                                ///< by table
    std::uint64_t acknowledged_ = 0;
};

/// The result of checking a changeable value.
enum class CellVerdict : std::uint8_t {
    fine,
    outdated,  ///< an acknowledged update is not there
    failed,    ///< what a failed update would have written
    corrupted, ///< a value that no operation wrote
    others,    ///< perhaps of another run
};

/// Checks values that updates may have changed.
class CellVerifier {
  public:
    CellVerifier(const RunDescription& description, const IssuedOperations& issued,
                 const Updates& updates);
    /// `actual` and `loaded`: fields in COPY's format.
    CellVerdict check(const Change& cell, std::string_view actual, std::string_view loaded);

  private:
    bool is_overwritten(std::uint64_t index, std::span<const Updates::Record> records) const;
    std::string_view value_of(std::uint64_t index);

    const RunDescription& description_;
    const IssuedOperations& issued_;
    const Updates& updates_;
    std::unique_ptr<Session> session_;
    pg::CopyBuffer value_;
};

} // namespace citusbench
