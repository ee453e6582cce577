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
#include "pg/copy_buffer.hpp"
#include "pg/table_spec.hpp"
#include "workload/operation.hpp"

namespace citusbench {

/// An option that a workload adds to the command line.
struct WorkloadOption {
    std::string_view name;          ///< without the dashes
    std::string_view default_value; ///< empty: not given
    std::string_view value_name;    ///< "N", "FILE", …
    std::string_view help;
};

/// What a workload is made from: its options' texts and the choices all workloads share.
struct WorkloadConfig {
    std::map<std::string, std::string, std::less<>>
        options; ///< every option of the workload, with defaults
    std::uint64_t seed = 1;
    KeyDistribution keys;
};

/// What fixes the operations of a run besides the seed.
struct RunIdentity {
    std::uint64_t run = 1;         ///< from the database, 1 for the first run on a loaded schema
    std::int64_t load_time_us = 0; ///< when the schema was loaded; loaded timestamps hang on it
    std::int64_t run_time_us = 0;  ///< when the run began; inserted timestamps hang on it
};

/// Makes operations. One per thread; not thread-safe.
class Session {
  public:
    virtual ~Session() = default;
    /// Fills `operation` with operation number `index` of kind `kind`: a pure function of
    /// (seed, run identity, index, kind). The pointers in it stay valid until the next call.
    virtual void make(std::uint64_t index, std::uint32_t kind, Operation& operation) = 0;
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

    /// For the table of the operations' inserts: a query that yields one row (count bigint) of the
    /// rows inserted by run $1, for "rows in the database = ok".
    virtual std::string count_inserted_sql() const = 0;
};

} // namespace citusbench
