#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/distribution.hpp"
#include "core/routing_key.hpp"
#include "pg/params.hpp"

namespace citusbench {

/// How the answers of several clusters to one operation become the answer to it, as an application
/// would do it.
enum class MergeRule : std::uint8_t {
    by_key, ///< the operation has a key, which one cluster owns
    append, ///< their rows, one after the other
    merge,  ///< their rows in ascending order of the first column, a bigint, as each is by itself
    add,    ///< a row with one bigint: the sum
    none,   ///< it has no key, and its answers are not put together: they are not checked
};

/// A kind of operation a workload offers, in the order of its registry.
struct OperationKind {
    std::string name;
    bool is_write = false;
    double default_weight = 0;
    std::string sql;       ///< one statement with $1…; prepared once a connection
    std::string describes; ///< half a sentence for --workload W --help
    int rows = 0;          ///< rows that an acknowledged insert adds; 0 for anything else
    MergeRule merge_rule = MergeRule::by_key;
};

/// One operation, made by Session::make(); reused by the worker, so that making one allocates
/// nothing.
struct Operation {
    std::uint64_t index = 0;
    std::uint32_t kind = 0; ///< index into Workload::operations()
    RoutingKey key;
    pg::Params params;
};

/// Which kind operation `index` of a run has: `kinds` are the weights of Workload::operations().
inline std::uint32_t kind_of_operation(const WeightedChoice& kinds, std::uint64_t seed,
                                       std::uint64_t run, std::uint64_t index) {
    return static_cast<std::uint32_t>(kinds(seed, run, index));
}

/// The weight of a kind; 0 beyond the end of `weights`.
template <typename Kind>
double weight_of(std::span<const double> weights, Kind kind) {
    const auto number = static_cast<std::size_t>(kind);
    return number < weights.size() ? weights[number] : 0;
}

/// Ids of rows that operations insert: run in the top bits, then the operation's index, then the
/// row's number within it. Loaded rows are numbered from 1 and stay below 2^43 (run 0).
/// run < 2^20, index < 2^36, row < 2^7.
constexpr std::int64_t row_id(std::uint64_t run, std::uint64_t index, std::uint64_t row = 0) {
    return static_cast<std::int64_t>((run << 43) | (index << 7) | row);
}
constexpr std::uint64_t run_of_row(std::int64_t id) {
    return static_cast<std::uint64_t>(id) >> 43;
}
constexpr std::uint64_t index_of_row(std::int64_t id) {
    return (static_cast<std::uint64_t>(id) >> 7) & ((1ULL << 36) - 1);
}
/// The row's number within its insert.
constexpr std::uint64_t number_of_row(std::int64_t id) {
    return static_cast<std::uint64_t>(id) & ((1ULL << 7) - 1);
}

} // namespace citusbench
