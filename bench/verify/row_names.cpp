#include "verify/row_names.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "core/embedded_files.hpp"
#include "pg/copy_rows.hpp"

namespace citusbench {
namespace {

std::size_t column_of(const pg::TableSpec& table, const std::string& name) {
    const auto at = std::find(table.copy_columns.begin(), table.copy_columns.end(), name);
    if (at == table.copy_columns.end())
        throw std::logic_error(fmt::format("table {} has no column {}", table.name, name));
    return static_cast<std::size_t>(at - table.copy_columns.begin());
}

std::string origin_text(std::int64_t id) {
    if (id <= 0) return "an id that citusbench never gives";
    if (run_of_row(id) == 0) return "loaded row";
    auto text = fmt::format("run {}, operation {}", run_of_row(id), index_of_row(id));
    if (number_of_row(id) > 0) text += fmt::format(", row {}", number_of_row(id) + 1);
    return text;
}

} // namespace

void ShardNames::read(pg::Client& client, const std::vector<pg::TableSpec>& tables,
                      std::size_t cluster) {
    if (engine_ != Engine::citus) return;
    ranges_[cluster].clear();
    for (const auto& table : tables) {
        auto& ranges = ranges_[cluster].emplace_back();
        const auto shards = client.query(std::string(sql_text("verify/shards.sql")),
                                         {fmt::format("citusbench.{}", table.name)});
        for (int row = 0; row < shards.rows(); ++row)
            ranges.push_back({shards.integer(row, 0), std::string(shards.text(row, 1))});
    }
}

std::string ShardNames::of(std::size_t table, const RoutingKey& key) const {
    if (engine_ == Engine::postgres || key.kind == RoutingKey::Kind::none) return {};
    const auto cluster = clusters_.owner_of(key);
    if (engine_ == Engine::citus && table < ranges_[cluster].size()) {
        const auto& ranges = ranges_[cluster][table];
        const auto above =
            std::upper_bound(ranges.begin(), ranges.end(), std::int64_t{citus_hash(key)},
                             [](std::int64_t hash, const Range& r) { return hash < r.least; });
        if (above != ranges.begin()) return fmt::format(", shard {}", std::prev(above)->id);
    }
    const auto shard = map_.shard_of(key);
    if (engine_ == Engine::citus || workers_.empty()) return fmt::format(", shard {}", shard);
    const auto of_one = workers_.size() / clusters_.clusters();
    return fmt::format(", shard {} on {}", shard,
                       workers_[cluster * of_one + static_cast<std::size_t>(shard) % of_one]);
}

RowNames::RowNames(const Workload& workload, ShardNames shards)
    : workload_(workload), shards_(std::move(shards)) {
    for (const auto& spec : workload.tables()) {
        id_columns_.push_back(column_of(spec, spec.id_column));
        // A reference table has no key; the id alone identifies its rows.
        key_columns_.push_back(
            column_of(spec, spec.is_reference ? spec.id_column : spec.distribution_column));
    }
}

const std::string& RowNames::table(std::size_t table) const {
    return workload_.tables()[table].name;
}

const std::string& RowNames::column(std::size_t table, std::size_t column) const {
    return workload_.tables()[table].copy_columns[column];
}

RoutingKey RowNames::key(std::size_t table, std::string_view row) const {
    const auto field = pg::CopyFields::at(row, key_columns_[table]);
    if (workload_.tables()[table].text_key) {
        const auto text = pg::field_bytes(field);
        return text ? RoutingKey::of(*text) : RoutingKey();
    }
    const auto number = pg::field_int8(field);
    return number ? RoutingKey::of(*number) : RoutingKey();
}

std::string RowNames::key_text(std::size_t table, std::string_view row) const {
    if (workload_.tables()[table].is_reference) return {};
    const auto field = pg::CopyFields::at(row, key_columns_[table]);
    const auto& name = column(table, key_columns_[table]);
    if (workload_.tables()[table].text_key) {
        const auto text = pg::field_bytes(field);
        if (!text) return {};
        return fmt::format(", {} {}{}", name, *text, shards_.of(table, RoutingKey::of(*text)));
    }
    const auto number = pg::field_int8(field);
    if (!number) return {};
    auto shard = shards_.of(table, RoutingKey::of(*number));
    if (key_columns_[table] == id_columns_[table]) return shard;
    return fmt::format(", {} {}{}", name, *number, shard);
}

std::string RowNames::of(std::size_t table, std::string_view row) const {
    const auto id = pg::field_int8(pg::CopyFields::at(row, id_columns_[table]));
    const auto key = key_text(table, row);
    if (!id) return fmt::format("{} without an id (null{})", workload_.tables()[table].name, key);
    return fmt::format("{} id {} ({}{})", workload_.tables()[table].name, *id, origin_text(*id),
                       key);
}

} // namespace citusbench
