#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "pg/client.hpp"
#include "verify/nodes.hpp"
#include "verify/row_verifier.hpp"

namespace citusbench {

/// Lines about what is being checked, each to be replaced by the next.
using ProgressLine = std::function<void(std::string_view line)>;

/// Looks at tables row by row; the memory it takes does not depend on their size.
class Scanner {
  public:
    Scanner(RowVerifier& row_verifier, const StopFlag& stop, ProgressLine progress);

    /// All tables through an entry point. What it could not read is ScanResult::problem;
    /// Interrupted is thrown.
    ScanResult through(const Access& entry, std::string_view occasion);
    /// The same of several clusters, each with its share of the rows: one scan of all of them.
    ScanResult through_all(const std::vector<Access>& clusters, std::string_view occasion);
    /// One copy of one shard of a table, on its node. Throws RunError, Interrupted.
    ScanResult shard(const Access& node, std::size_t table, std::string_view shard_id,
                     std::size_t cluster);

  private:
    void look(const Access& entry, std::size_t cluster, std::string_view occasion,
              ScanResult& result);
    void scan(pg::Client& client, std::size_t table, const std::string& from,
              std::string_view occasion, std::size_t cluster, ScanResult& result);
    /// Rows that are expected in the table.
    std::uint64_t expected_rows(std::size_t table) const;

    const RunDescription& description_;
    RowVerifier& row_verifier_;
    const StopFlag& stop_;
    ProgressLine progress_;
};

} // namespace citusbench
