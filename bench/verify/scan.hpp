#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "pg/client.hpp"
#include "verify/nodes.hpp"
#include "verify/row_judge.hpp"

namespace citusbench {

/// Lines about what is being checked, each to be replaced by the next.
using ProgressLine = std::function<void(std::string_view line)>;

/// Looks at tables row by row; the memory it takes does not depend on their size.
class Scanner {
  public:
    Scanner(RowJudge& judge, const StopFlag& stop, ProgressLine progress);

    /// All tables through an entry point. What it could not read is Sight::problem; Interrupted is
    /// thrown.
    Sight through(const Access& entry, std::string_view occasion);
    /// The same of several clusters, each with its part of the rows: one look at all of them.
    Sight through_all(const std::vector<Access>& clusters, std::string_view occasion);
    /// One copy of one shard of a table, on its node. Throws RunError, Interrupted.
    Sight shard(const Access& node, std::size_t table, std::string_view shard_id,
                std::size_t cluster);

  private:
    void look(const Access& entry, std::size_t cluster, std::string_view occasion, Sight& sight);
    void scan(pg::Client& client, std::size_t table, const std::string& from,
              std::string_view occasion, std::size_t cluster, Sight& sight);
    /// Rows that are expected in the table.
    std::uint64_t expected_rows(std::size_t table) const;

    const RunFacts& facts_;
    RowJudge& judge_;
    const StopFlag& stop_;
    ProgressLine progress_;
};

} // namespace citusbench
