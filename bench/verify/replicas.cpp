#include "verify/replicas.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/embedded_files.hpp"
#include "pg/client.hpp"

namespace citusbench {
namespace {

using Mark = Ledger::Mark;

struct Copy {
    const CitusNode* node;
    std::string content; ///< "12 rows, checksum …"
};

struct Shard {
    std::size_t cluster = 0;
    std::size_t table = 0;
    std::string id;
    std::vector<Copy> copies;

    bool diverged() const {
        return std::any_of(copies.begin(), copies.end(),
                           [&](const Copy& c) { return c.content != copies.front().content; });
    }
};

const CitusNode& node_at(const std::vector<CitusNode>& nodes, std::string_view host,
                         std::string_view port) {
    const auto at = std::find_if(nodes.begin(), nodes.end(), [&](const CitusNode& node) {
        return node.host == host && node.port == port;
    });
    if (at == nodes.end())
        throw RunError(fmt::format("a copy lies on {}:{}, which pg_dist_node had not a moment ago",
                                   host, port));
    return *at;
}

std::vector<Shard> read_shards(pg::Client& client, const Workload& workload, std::size_t table,
                               const std::vector<CitusNode>& nodes, Replicas& replicas) {
    std::vector<Shard> shards;
    const auto name = "citusbench." + workload.tables()[table].name;
    const auto rows = client.query(std::string(sql_text("verify/placements.sql")), {name});
    for (int row = 0; row < rows.rows(); ++row) {
        const auto& node = node_at(nodes, rows.text(row, 2), rows.text(row, 1));
        if (rows.text(row, 3) != "t") {
            replicas.problems.push_back(fmt::format("shard {} of {} on {}: {}", rows.text(row, 0),
                                                    name, node.access.name,
                                                    pg::one_line(rows.text(row, 4))));
            continue;
        }
        if (shards.empty() || shards.back().id != rows.text(row, 0))
            shards.push_back({0, table, std::string(rows.text(row, 0)), {}});
        shards.back().copies.push_back({&node, std::string(rows.text(row, 4))});
    }
    return shards;
}

/// Describes the differences of each copy of a shard.
class ShardComparison {
  public:
    ShardComparison(RowVerifier& row_verifier, const Shard& shard,
                    const std::vector<ScanResult>& scans)
        : description_(row_verifier.description()), issued_(row_verifier.issued()),
          row_verifier_(row_verifier), shard_(shard), scans_(scans), any_(row_verifier.blank()) {
        for (const auto& result : scans) {
            any_.loaded[shard.table].or_with(result.loaded[shard.table]);
            any_.inserted.or_with(result.inserted);
        }
    }

    std::string text() {
        std::vector<std::string> parts;
        for (std::size_t i = 0; i < scans_.size(); ++i)
            for (auto& part : off(scans_[i]))
                parts.push_back(
                    fmt::format("{} {}", shard_.copies[i].node->access.name, std::move(part)));
        if (parts.empty()) return "each row by itself may be as it is";
        return fmt::format("{}", fmt::join(parts, "; "));
    }

  private:
    static void add_difference(std::vector<std::string>& parts, const char* verb, const char* what,
                               const Violations& violations) {
        if (violations.count == 0) return;
        parts.push_back(fmt::format("{} {} {}{} ({}{})", verb, violations.count, what,
                                    violations.count == 1 ? "" : "s", violations.named.front(),
                                    violations.count == 1 ? "" : ", …"));
    }

    std::vector<std::string> off(const ScanResult& result) {
        std::vector<std::string> parts;
        add_difference(parts, "lacks", "row", missing(result));
        add_difference(parts, "has another content in", "row", result.corrupted);
        add_difference(parts, "has an outdated value in", "row", outdated(result));
        add_difference(parts, "has", "unexpected row", result.unexpected);
        add_difference(parts, "has", "row of a failed insert", failed(result));
        add_difference(parts, "has", "row twice:", result.duplicated);
        return parts;
    }

    Violations missing(const ScanResult& result) {
        Violations violations;
        const auto table = shard_.table;
        for (std::uint64_t row = 0; row < description_.workload->row_count(table); ++row)
            if (any_.loaded[table].test(row) && !result.loaded[table].test(row))
                violations.add([&] { return row_verifier_.name_of_loaded(table, row); });
        if (table != description_.workload->insert_table()) return violations;
        each_inserted(Mark::failed, false, [&](std::uint64_t index, std::uint64_t row) {
            if (!result.inserted.test(issued_.slot(index, row)))
                violations.add([&] { return row_verifier_.name_of_inserted(index, row); });
        });
        return violations;
    }

    Violations failed(const ScanResult& result) {
        Violations violations;
        each_inserted(Mark::failed, true, [&](std::uint64_t index, std::uint64_t row) {
            if (result.inserted.test(issued_.slot(index, row)))
                violations.add([&] { return row_verifier_.name_of_inserted(index, row); });
        });
        return violations;
    }

    Violations outdated(const ScanResult& result) {
        Violations violations;
        const auto records = row_verifier_.updates().all();
        for (std::uint64_t i = 0; i < records.size(); ++i)
            if (result.outdated.test(i))
                violations.add([&] { return row_verifier_.name_of_update(records[i]); });
        return violations;
    }

    /// Rows that some copy has, of inserts with this mark (or with any other).
    template <typename Take>
    void each_inserted(Mark mark, bool equal, Take take) {
        issued_.each_insert([&](std::uint64_t index, Mark here, std::uint64_t rows) {
            if ((here == mark) != equal) return;
            for (std::uint64_t row = 0; row < rows; ++row)
                if (any_.inserted.test(issued_.slot(index, row))) take(index, row);
        });
    }

    const RunDescription& description_;
    const IssuedOperations& issued_;
    RowVerifier& row_verifier_;
    const Shard& shard_;
    const std::vector<ScanResult>& scans_;
    ScanResult any_;
};

std::string what_differs(Scanner& scanner, RowVerifier& row_verifier, const Shard& shard) {
    std::vector<ScanResult> scans;
    try {
        for (const auto& copy : shard.copies)
            scans.push_back(scanner.shard(copy.node->access, shard.table, shard.id, shard.cluster));
    } catch (const RunError& error) {
        return fmt::format("the differing node cannot be determined: {}", error.what());
    }
    return ShardComparison(row_verifier, shard, scans).text();
}

void find_under_replicated(pg::Client& client, const VerificationTarget& target,
                           const std::vector<CitusNode>& nodes, const Workload& workload,
                           Replicas& replicas) {
    const auto rows = client.query(std::string(sql_text("verify/under_replicated.sql")),
                                   {std::to_string(target.replication)});
    for (int row = 0; row < rows.rows(); ++row)
        replicas.under_replicated.add([&] {
            return fmt::format("shard {} of {}: {} of {} copies on active nodes", rows.text(row, 1),
                               rows.text(row, 0), rows.text(row, 2), target.replication);
        });
    if (rows.rows() == 0) return;
    for (const auto& node : nodes)
        if (!node.is_active)
            replicas.repair +=
                fmt::format("select citus_activate_node('{}', {}); ", node.host, node.port);
    for (const auto& table : workload.tables())
        if (table.colocated_with.empty() && !table.is_reference)
            replicas.repair += fmt::format("select replicate_table_shards('citusbench.{}', "
                                           "shard_replication_factor := {}, "
                                           "shard_transfer_mode := 'block_writes'); ",
                                           table.name, target.replication);
    replicas.repair.pop_back();
}

} // namespace

void Replicas::append(const Replicas& other) {
    any_replicated = any_replicated || other.any_replicated;
    diverged.append(other.diverged);
    under_replicated.append(other.under_replicated);
    problems.insert(problems.end(), other.problems.begin(), other.problems.end());
    if (!other.repair.empty()) repair += (repair.empty() ? "" : " ") + other.repair;
}

Replicas compare_replicas(const VerificationTarget& target, const std::vector<CitusNode>& nodes,
                          std::size_t cluster, Scanner& scanner, RowVerifier& row_verifier,
                          const StopFlag& stop) {
    Replicas replicas;
    const auto& workload = *row_verifier.description().workload;
    pg::Client client(target.entries.front().conninfo, stop);
    find_under_replicated(client, target, nodes, workload, replicas);
    for (std::size_t table = 0; table < workload.tables().size(); ++table) {
        for (auto& shard : read_shards(client, workload, table, nodes, replicas)) {
            shard.cluster = cluster;
            if (shard.copies.size() > 1) replicas.any_replicated = true;
            if (!shard.diverged()) continue;
            replicas.diverged.add([&] {
                std::vector<std::string> copies;
                for (const auto& copy : shard.copies)
                    copies.push_back(fmt::format("{} {}", copy.node->access.name, copy.content));
                return fmt::format(
                    "shard {} of {}: {} ({})", shard.id, workload.tables()[table].name,
                    what_differs(scanner, row_verifier, shard), fmt::join(copies, "; "));
            });
        }
    }
    return replicas;
}

} // namespace citusbench
