#include "verify/scan.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/embedded_files.hpp"
#include "core/quantity.hpp"
#include "core/time.hpp"
#include "pg/sql_template.hpp"

namespace citusbench {
namespace {

constexpr std::uint64_t rows_between_looks = 4096;
constexpr Ticks progress_every = 250'000'000;

} // namespace

Scanner::Scanner(RowVerifier& row_verifier, const StopFlag& stop, ProgressLine progress)
    : description_(row_verifier.description()), row_verifier_(row_verifier), stop_(stop),
      progress_(std::move(progress)) {}

std::uint64_t Scanner::expected_rows(std::size_t table) const {
    auto rows = description_.workload->row_count(table);
    // Close enough where an insert has several rows: it is for the progress line alone.
    if (table == description_.workload->insert_table())
        rows += description_.ledger->count(Ledger::Mark::ok);
    return rows;
}

void Scanner::scan(pg::Client& client, std::size_t table, const std::string& from,
                   std::string_view occasion, std::size_t cluster, ScanResult& result) {
    const auto& spec = description_.workload->tables()[table];
    std::uint64_t rows = 0;
    auto next_line = now_ticks() + progress_every;
    const auto expected = expected_rows(table);
    const auto sql = fill_sql(
        sql_text("verify/scan.sql"),
        {{"columns", fmt::format("{}", fmt::join(spec.copy_columns, ", "))}, {"table", from}});
    client.copy_out(sql, [&](std::string_view row) {
        row_verifier_.check(table, row, result, cluster);
        if (++rows % rows_between_looks != 0) return;
        const auto now = now_ticks();
        if (now < next_line) return;
        next_line = now + progress_every;
        progress_(fmt::format("checking {}{}: {} of {} rows", spec.name, occasion,
                              format_count(rows), format_count(std::max(rows, expected))));
    });
}

void Scanner::look(const Access& entry, std::size_t cluster, std::string_view occasion,
                   ScanResult& result) {
    try {
        pg::Client client(entry.conninfo, stop_);
        for (std::size_t table = 0; table < description_.workload->tables().size(); ++table)
            scan(client, table, "citusbench." + description_.workload->tables()[table].name,
                 occasion, cluster, result);
    } catch (const RunError& error) {
        result.problem += fmt::format("{}through {}: {}", result.problem.empty() ? "" : "; ",
                                      entry.name, error.what());
    }
}

ScanResult Scanner::through(const Access& entry, std::string_view occasion) {
    auto result = row_verifier_.blank();
    look(entry, 0, occasion, result);
    return result;
}

ScanResult Scanner::through_all(const std::vector<Access>& clusters, std::string_view occasion) {
    auto result = row_verifier_.blank();
    for (std::size_t cluster = 0; cluster < clusters.size(); ++cluster)
        look(clusters[cluster], cluster, fmt::format(" of {}{}", clusters[cluster].name, occasion),
             result);
    return result;
}

ScanResult Scanner::shard(const Access& node, std::size_t table, std::string_view shard_id,
                          std::size_t cluster) {
    auto result = row_verifier_.blank();
    pg::Client client(node.conninfo, stop_);
    scan(client, table,
         fmt::format("citusbench.{}_{}", description_.workload->tables()[table].name, shard_id),
         fmt::format(" on {}", node.name), cluster, result);
    return result;
}

} // namespace citusbench
