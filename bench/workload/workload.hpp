#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/distribution.hpp"
#include "core/routing_key.hpp"
#include "pg/copy_rows.hpp"
#include "pg/table_spec.hpp"
#include "workload/answer_checker.hpp"
#include "workload/operation.hpp"

namespace citusbench {

/// A workload's option that is a number, and what it may be.
struct CountOption {
    std::string_view name; ///< without dashes
    std::uint64_t min;
    std::uint64_t max;
};

/// From the texts of a workload's options; `default_value` where the option is missing. Throws
/// UsageError that names the option, its value and the range.
std::uint64_t read_count(const std::map<std::string, std::string, std::less<>>& options,
                         const CountOption& option, std::uint64_t default_value);

/// An option that a workload adds to the command line.
struct WorkloadOption {
    std::string_view name;          ///< without the dashes
    std::string_view default_value; ///< empty: not given
    std::string_view value_name;    ///< "N", "FILE", …
    std::string_view help;
};

/// The configuration of a workload: its options' texts and the options that all workloads share.
struct WorkloadConfig {
    std::map<std::string, std::string, std::less<>>
        options; ///< every option of the workload, with defaults
    std::uint64_t seed = 1;
    KeyDistribution keys;
};

/// The identity of a run, which determines its operations together with the seed.
struct RunIdentity {
    std::uint64_t run = 1;         ///< from the database, 1 for the first run on a loaded schema
    std::int64_t load_time_us = 0; ///< when the schema was loaded; loaded timestamps hang on it
    std::int64_t run_time_us = 0;  ///< when the run began; inserted timestamps hang on it
};

/// Where an update writes: a column of a loaded row.
struct Change {
    std::size_t table = 0;  ///< of Workload::tables()
    std::uint64_t row = 0;  ///< as Workload::make_row() counts them
    std::size_t column = 0; ///< of the table's copy_columns
};

/// Makes operations. One per thread; not thread-safe.
class Session {
  public:
    virtual ~Session() = default;
    /// Fills `operation` with operation number `index` of kind `kind`: a pure function of
    /// (seed, run identity, index, kind). The pointers in it stay valid until the next call.
    virtual void make(std::uint64_t index, std::uint32_t kind, Operation& operation) = 0;

    /// The routing key that make() gives to this operation. Overridden where it is cheaper than
    /// making the whole operation.
    virtual RoutingKey key(std::uint64_t index, std::uint32_t kind) {
        scratch_.params.clear();
        make(index, kind, scratch_);
        return scratch_.key;
    }

    /// Appends row number `row` (below OperationKind::rows) of insert `index`, in the order of the
    /// table's copy_columns: byte for byte what COPY … (FORMAT binary) gives if the database holds
    /// what was sent. A pure function, as make() is. Throws std::logic_error for a kind that
    /// inserts nothing.
    virtual void make_inserted_row(std::uint64_t index, std::uint32_t kind, std::uint64_t row,
                                   pg::CopyBuffer& out);

    /// What the update `index` sets: the column of a loaded row, its new value appended to `value`
    /// as one field of COPY's binary format (length, bytes). Nothing for other kinds, and for an
    /// update that meets no row.
    virtual std::optional<Change> change(std::uint64_t index, std::uint32_t kind,
                                         pg::CopyBuffer& value);

  private:
    Operation scratch_;
};

/// A workload: schema, data, operations. Immutable once made, so threads share it. Everything it
/// yields is a pure function of its config and of the arguments.
class Workload {
  public:
    virtual ~Workload() = default;

    virtual std::string_view name() const = 0;
    /// What the loaded data depends on, e.g. "rooms=1000 members-per-room=2": two databases with
    /// equal scale and seed hold the same rows. At most 200 characters, no comma.
    virtual std::string scale() const = 0;
    virtual const std::vector<OperationKind>& operations() const = 0;
    /// Extensions that the schema needs ("postgis").
    virtual std::vector<std::string> extensions() const { return {}; }

    virtual const std::vector<pg::TableSpec>& tables() const = 0;
    /// Rows that the load puts into table number `table` of tables().
    virtual std::uint64_t row_count(std::size_t table) const = 0;
    /// Appends row `row` (0-based) to `out` in the order of copy_columns; gives its routing key.
    virtual RoutingKey make_row(std::size_t table, std::uint64_t row, std::int64_t load_time_us,
                                pg::CopyBuffer& out) const = 0;
    virtual std::unique_ptr<Session> session(const RunIdentity& identity) const = 0;

    /// The table that operations insert into; the others hold loaded rows alone. Ids: loaded row r
    /// has r + 1, an inserted one row_id().
    virtual std::size_t insert_table() const { return 0; }
    /// Whether storing an inserted row twice meets a unique key, so that a write may be tried
    /// again.
    virtual bool inserts_are_unique() const { return false; }

    /// The values of the distribution column ("rooms", "regions"), for shares of them; key i is
    /// below key_count().
    virtual std::string_view key_noun() const { return "keys"; }
    virtual std::uint64_t key_count() const { return 0; }
    virtual RoutingKey key(std::uint64_t i) const;

    /// Checks answers while the load runs; nullptr where the workload cannot. `weights`: of
    /// the operation kinds, so that it knows which writes can come. Must not outlive the workload.
    virtual std::unique_ptr<AnswerChecker> answer_checker(const RunIdentity& identity,
                                                          std::span<const double> weights) const;
};

} // namespace citusbench
