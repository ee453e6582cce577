#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pg/copy_rows.hpp"
#include "verify/row_names.hpp"
#include "verify/run_description.hpp"
#include "verify/scan_result.hpp"
#include "verify/updates.hpp"

namespace citusbench {

/// Checks rows one by one: computes the expected row again and compares byte for byte. What the
/// arguments of the constructor refer to must outlive it.
class RowVerifier {
  public:
    RowVerifier(const RunDescription& description, const IssuedOperations& issued,
                const Updates& updates, const RowNames& names);

    const RunDescription& description() const { return description_; }
    const IssuedOperations& issued() const { return issued_; }
    const Updates& updates() const { return updates_; }

    /// An empty one of the right size.
    ScanResult blank() const;
    /// A row as the table holds it, its columns in the order of copy_columns. `cluster`: where it
    /// was found, of several.
    void check(std::size_t table, std::string_view row, ScanResult& result,
               std::size_t cluster = 0);

    /// The name of an expected row that was not seen.
    std::string name_of_loaded(std::size_t table, std::uint64_t row);
    std::string name_of_inserted(std::uint64_t index, std::uint64_t row);
    /// "…: an acknowledged update of text", of a record of Updates.
    std::string name_of_update(const Updates::Record& record);

  private:
    bool is_misrouted(std::size_t table, std::string_view row, std::size_t cluster) const;
    void check_loaded(std::size_t table, std::uint64_t number, std::string_view row,
                      ScanResult& result);
    void check_inserted(std::int64_t id, std::string_view row, ScanResult& result);
    /// Columns of `row` that are not as in expected_, those left out that updates may change.
    std::vector<std::string> differences(std::size_t table, std::string_view row) const;
    void check_cells(std::size_t table, std::uint64_t number, std::string_view row,
                     ScanResult& result);
    std::string_view expected() const { return {expected_.data(), expected_.size()}; }

    const RunDescription& description_;
    const Workload& workload_;
    const IssuedOperations& issued_;
    const Updates& updates_;
    const RowNames& names_;
    std::unique_ptr<Session> session_;
    CellVerifier cells_;
    pg::CopyBuffer expected_;
};

} // namespace citusbench
