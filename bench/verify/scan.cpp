#include "verify/scan.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantity.hpp"
#include "core/sql_text.hpp"
#include "core/time.hpp"
#include "pg/sql_template.hpp"

namespace citusbench {
namespace {

constexpr std::uint64_t rows_between_looks = 4096;
constexpr Ticks tell_every = 250'000'000;

} // namespace

Scanner::Scanner(RowJudge& judge, const StopFlag& stop, ProgressLine progress)
    : facts_(judge.facts()), judge_(judge), stop_(stop), progress_(std::move(progress)) {}

std::uint64_t Scanner::expected_rows(std::size_t table) const {
    auto rows = facts_.workload->row_count(table);
    // Close enough where an insert has several rows: it is for the progress line alone.
    if (table == facts_.workload->insert_table()) rows += facts_.ledger->count(Ledger::Mark::ok);
    return rows;
}

void Scanner::scan(pg::Client& client, std::size_t table, const std::string& from,
                   std::string_view occasion, std::size_t cluster, Sight& sight) {
    const auto& spec = facts_.workload->tables()[table];
    std::uint64_t rows = 0;
    auto next_line = now_ticks() + tell_every;
    const auto expected = expected_rows(table);
    const auto sql = fill_sql(
        sql_text("verify/scan.sql"),
        {{"columns", fmt::format("{}", fmt::join(spec.copy_columns, ", "))}, {"table", from}});
    client.copy_out(sql, [&](std::string_view row) {
        judge_.judge(table, row, sight, cluster);
        if (++rows % rows_between_looks != 0) return;
        const auto now = now_ticks();
        if (now < next_line) return;
        next_line = now + tell_every;
        progress_(fmt::format("checking {}{}: {} of {} rows", spec.name, occasion,
                              format_count(rows), format_count(std::max(rows, expected))));
    });
}

void Scanner::look(const Access& entry, std::size_t cluster, std::string_view occasion,
                   Sight& sight) {
    try {
        pg::Client client(entry.conninfo, stop_);
        for (std::size_t table = 0; table < facts_.workload->tables().size(); ++table)
            scan(client, table, "citusbench." + facts_.workload->tables()[table].name, occasion,
                 cluster, sight);
    } catch (const RunError& error) {
        sight.problem += fmt::format("{}through {}: {}", sight.problem.empty() ? "" : "; ",
                                     entry.name, error.what());
    }
}

Sight Scanner::through(const Access& entry, std::string_view occasion) {
    auto sight = judge_.blank();
    look(entry, 0, occasion, sight);
    return sight;
}

Sight Scanner::through_all(const std::vector<Access>& clusters, std::string_view occasion) {
    auto sight = judge_.blank();
    for (std::size_t cluster = 0; cluster < clusters.size(); ++cluster)
        look(clusters[cluster], cluster, fmt::format(" of {}{}", clusters[cluster].name, occasion),
             sight);
    return sight;
}

Sight Scanner::shard(const Access& node, std::size_t table, std::string_view shard_id,
                     std::size_t cluster) {
    auto sight = judge_.blank();
    pg::Client client(node.conninfo, stop_);
    scan(client, table,
         fmt::format("citusbench.{}_{}", facts_.workload->tables()[table].name, shard_id),
         fmt::format(" on {}", node.name), cluster, sight);
    return sight;
}

} // namespace citusbench
