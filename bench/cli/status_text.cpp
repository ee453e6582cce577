#include "cli/cluster_command.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantity.hpp"
#include "record/human_text.hpp"

namespace citusbench {
namespace {

using Align = TextTable::Align;

std::string count_text(const std::optional<std::uint64_t>& count, bool is_estimate = false) {
    return count ? (is_estimate ? "~" : "") + format_count(*count) : "–";
}

std::string size_text(const std::optional<std::uint64_t>& bytes) {
    if (!bytes) return "–";
    double size = static_cast<double>(*bytes) / 1024;
    for (const auto* unit : {"KiB", "MiB", "GiB"}) {
        if (size < 1000) return fmt::format("{:.{}f} {}", size, size < 10 ? 1 : 0, unit);
        size /= 1024;
    }
    return fmt::format("{:.1f} TiB", size);
}

std::optional<std::uint64_t> metric(const NodeStatus& node, const char* name) {
    const auto found = node.metrics.find(name);
    if (found == node.metrics.end()) return std::nullopt;
    return static_cast<std::uint64_t>(found->second);
}

std::string nodes_text(const ClusterStatus& status) {
    TextTable table({{"node", Align::left},
                     {"role", Align::left},
                     {"address", Align::left},
                     {"state", Align::left},
                     {"shards"},
                     {"rows"},
                     {"database"},
                     {"active"},
                     {"idle"},
                     {"prepared"}});
    for (const auto& node : status.nodes) {
        const auto off = node.is_active.value_or(true) ? "" : ", disabled";
        table.add_row({node.name, node.role + (node.is_entry ? ", entry" : ""), node.address,
                       node.state + off, std::to_string(node.placements), count_text(node.rows),
                       size_text(metric(node, "database_bytes")),
                       count_text(metric(node, "connections_active")),
                       count_text(metric(node, "connections_idle")),
                       count_text(metric(node, "in_doubt_transactions"))});
    }
    return table.to_text();
}

/// Shards of one table, which follow one another.
using Shards = std::vector<const ShardStatus*>;

std::vector<Shards> by_table(const ClusterStatus& status) {
    std::vector<Shards> tables;
    for (const auto& shard : status.shards) {
        if (tables.empty() || tables.back().front()->table != shard.table) tables.emplace_back();
        tables.back().push_back(&shard);
    }
    return tables;
}

/// "120 (3 to 9)": all rows, and the least and the most in a shard.
std::vector<TextTable::Cell> table_row(const Shards& shards) {
    std::uint64_t all = 0;
    std::optional<std::uint64_t> bytes;
    std::vector<std::uint64_t> rows;
    bool is_estimate = false;
    for (const auto* shard : shards) {
        if (const auto here = shard->rows()) rows.push_back(*here);
        for (const auto& placement : shard->placements) {
            if (placement.bytes) bytes = bytes.value_or(0) + *placement.bytes;
            is_estimate = is_estimate || placement.is_estimate;
        }
    }
    for (const auto here : rows) all += here;
    std::sort(rows.begin(), rows.end());
    const bool is_known = rows.size() == shards.size();
    const std::string per_shard =
        rows.empty() ? "–"
                     : fmt::format("{} / {} / {}", format_count(rows.front()),
                                   format_count(rows[rows.size() / 2]), format_count(rows.back()));
    return {shards.front()->table,
            shards.front()->kind,
            std::to_string(shards.size()),
            rows.empty() ? "–" : count_text(all, is_estimate) + (is_known ? "" : "+"),
            per_shard,
            size_text(bytes)};
}

std::string tables_text(const ClusterStatus& status) {
    TextTable table({{"table", Align::left},
                     {"kind", Align::left},
                     {"shards"},
                     {"rows"},
                     {"rows per shard, least / median / most"},
                     {"all copies"}});
    for (const auto& shards : by_table(status)) table.add_row(table_row(shards));
    return table.to_text();
}

std::string shards_text(const ClusterStatus& status) {
    TextTable table(
        {{"table", Align::left}, {"shard"}, {"rows"}, {"size"}, {"copies on", Align::left}});
    for (const auto& shard : status.shards) {
        std::vector<std::string> nodes;
        bool is_estimate = false;
        std::optional<std::uint64_t> bytes;
        for (const auto& placement : shard.placements) {
            nodes.push_back(placement.node + (placement.is_active ? "" : " (inactive)"));
            is_estimate = is_estimate || placement.is_estimate;
            if (placement.bytes) bytes = std::max(bytes.value_or(0), *placement.bytes);
        }
        table.add_row({shard.table, shard.shard, count_text(shard.rows(), is_estimate),
                       size_text(bytes), fmt::format("{}", fmt::join(nodes, ", "))});
    }
    return table.to_text();
}

std::string members_text(const ClusterStatus& status) {
    TextTable table({{"Patroni's member", Align::left},
                     {"role", Align::left},
                     {"state", Align::left},
                     {"timeline"},
                     {"lag"}});
    for (const auto& member : status.members)
        table.add_row({member.name, member.role, member.state,
                       member.timeline == 0 ? "–" : std::to_string(member.timeline),
                       size_text(member.lag_bytes)});
    return table.to_text();
}

std::string back_ends_text(const ClusterStatus& status) {
    TextTable table({{"balancer", Align::left},
                     {"to", Align::left},
                     {"back end", Align::left},
                     {"state", Align::left},
                     {"connections"}});
    for (const auto& back_end : status.back_ends)
        table.add_row({back_end.balancer, back_end.frontend, back_end.server, back_end.state,
                       count_text(back_end.connections)});
    return table.to_text();
}

} // namespace

std::string status_text(const ClusterStatus& status, bool each_shard) {
    auto text =
        fmt::format("{} on {}, {} of each shard; {}\n\n", status.topology, name_of(status.engine),
                    status.replication == 1 ? std::string("one copy")
                                            : fmt::format("{} copies", status.replication),
                    status.workload.empty() ? "nothing is loaded" : status.workload);
    text += nodes_text(status);
    if (!status.members.empty()) text += "\n" + members_text(status);
    if (!status.back_ends.empty()) text += "\n" + back_ends_text(status);
    if (!status.shards.empty())
        text += "\n" + (each_shard ? shards_text(status) : tables_text(status));
    text += "\n";
    if (status.is_healthy()) return text + "healthy\n";
    for (const auto& reason : status.reasons) text += fmt::format("not healthy: {}\n", reason);
    return text;
}

} // namespace citusbench
