#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/distribution.hpp"
#include "core/embedded_files.hpp"
#include "core/random.hpp"
#include "workload/workload.hpp"

namespace citusbench {

/// Streams of Random, so that no two uses of a seed see the same numbers: tables and the like take
/// numbers below 256, a run's operations one above all of these.
constexpr std::uint64_t stream_of_run(std::uint64_t run) {
    return (run + 1) << 8;
}

/// The common part of sessions whose operations begin with a key: operation `index` has random
/// numbers of its own, the first of which draws the key, and the routing key is its first
/// parameter. `Derived` has, and befriends this class for static RoutingKey key_of(Kind kind,
/// std::uint64_t key); void add_params(Kind kind, std::uint64_t key, Random& random, Operation&
/// operation) const;
template <typename Derived, typename Kind, typename Data>
class KeyedSession : public Session {
  public:
    /// `data` and `keys` belong to the workload and outlive it.
    KeyedSession(const Data& data, const KeyChooser& keys, const RunIdentity& identity)
        : data_(&data), keys_(&keys), identity_(identity) {}

    RoutingKey key(std::uint64_t index, std::uint32_t kind) final {
        auto random = random_of(index);
        return Derived::key_of(static_cast<Kind>(kind), draw_key(random));
    }

    void make(std::uint64_t index, std::uint32_t kind, Operation& operation) final {
        auto random = random_of(index);
        const auto key = draw_key(random);
        operation.index = index;
        operation.kind = kind;
        operation.key = Derived::key_of(static_cast<Kind>(kind), key);
        operation.params.clear();
        if (operation.key.kind != RoutingKey::Kind::none)
            operation.params.add_int8(operation.key.number);
        static_cast<const Derived&>(*this).add_params(static_cast<Kind>(kind), key, random,
                                                      operation);
    }

  protected:
    const Data& data() const { return *data_; }
    const RunIdentity& identity() const { return identity_; }
    Random random_of(std::uint64_t index) const {
        return {data_->seed(), stream_of_run(identity_.run), index};
    }
    std::uint64_t draw_key(Random& random) const { return (*keys_)(random); }

  private:
    const Data* data_;
    const KeyChooser* keys_;
    RunIdentity identity_;
};

/// A line of a workload's table of operations. Its statement is sql/<workload>/<name>.sql.
template <typename Kind>
struct OperationRow {
    Kind kind;
    std::string_view name;
    bool is_write;
    double default_weight;
    std::string_view describes;
    int rows = 0; ///< that an acknowledged insert adds
    MergeRule merge_rule = MergeRule::by_key;
};

/// The operations of the workload of this name. Throws std::logic_error for a table that is not in
/// the order of Kind.
template <typename Kind, std::size_t count>
std::vector<OperationKind> operations_from(std::string_view workload,
                                           const std::array<OperationRow<Kind>, count>& table) {
    std::vector<OperationKind> operations;
    for (const auto& row : table) {
        if (static_cast<std::size_t>(row.kind) != operations.size())
            throw std::logic_error("the table of operations is not in the order of Kind");
        const auto file = std::string(workload) + "/" + std::string(row.name) + ".sql";
        operations.push_back({std::string(row.name), row.is_write, row.default_weight,
                              std::string(sql_text(file)), std::string(row.describes), row.rows,
                              row.merge_rule});
    }
    return operations;
}

/// A table of the workload of this name as sql/<workload>/<name>.sql makes it.
inline pg::TableSpec table_from(std::string_view workload, std::string_view name,
                                std::vector<std::string> copy_columns) {
    pg::TableSpec table;
    table.name = name;
    pg::read_table_sql(sql_text(std::string(workload) + "/" + table.name + ".sql"), table);
    table.copy_columns = std::move(copy_columns);
    return table;
}

/// A workload over numbered keys. `Parts` says what it is made of: types Scale, Data, Table,
/// Session (a KeyedSession), Answers (void: they are not checked); constants name, key_noun,
/// insert_table; its inserts have a unique key; functions key_count(scale), key_id(i),
/// operations(), tables() in the order of Table.
template <typename Parts>
class KeyedWorkload final : public Workload {
  public:
    explicit KeyedWorkload(const WorkloadConfig& config)
        : data_(Parts::Scale::parse(config.options), config.seed),
          keys_(config.keys, Parts::key_count(data_.scale())), operations_(Parts::operations()),
          tables_(Parts::tables()) {}

    std::string_view name() const override { return Parts::name; }
    std::string scale() const override { return data_.scale().to_string(); }
    const std::vector<OperationKind>& operations() const override { return operations_; }
    const std::vector<pg::TableSpec>& tables() const override { return tables_; }

    std::uint64_t row_count(std::size_t table) const override {
        return data_.row_count(static_cast<typename Parts::Table>(table));
    }
    RoutingKey make_row(std::size_t table, std::uint64_t row, std::int64_t load_time_us,
                        pg::CopyBuffer& out) const override {
        return data_.make_row(static_cast<typename Parts::Table>(table), row, load_time_us, out);
    }
    std::unique_ptr<Session> session(const RunIdentity& identity) const override {
        return std::make_unique<typename Parts::Session>(data_, keys_, identity);
    }
    std::string_view key_noun() const override { return Parts::key_noun; }
    std::uint64_t key_count() const override { return Parts::key_count(data_.scale()); }
    RoutingKey key(std::uint64_t i) const override { return RoutingKey::of(Parts::key_id(i)); }
    std::size_t insert_table() const override {
        return static_cast<std::size_t>(Parts::insert_table);
    }
    bool inserts_are_unique() const override { return true; }
    std::unique_ptr<AnswerChecker>
    answer_checker([[maybe_unused]] const RunIdentity& identity,
                   [[maybe_unused]] std::span<const double> weights) const override {
        if constexpr (std::is_void_v<typename Parts::Answers>)
            return nullptr;
        else
            return std::make_unique<typename Parts::Answers>(data_, keys_, identity, weights);
    }

  private:
    typename Parts::Data data_;
    KeyChooser keys_;
    std::vector<OperationKind> operations_;
    std::vector<pg::TableSpec> tables_;
};

} // namespace citusbench
