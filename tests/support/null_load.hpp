#pragma once

#include <functional>
#include <optional>
#include <string>

#include "load/arrival.hpp"
#include "record/run_record.hpp"
#include "worker/worker_pool.hpp"
#include "workload/workload.hpp"

namespace citusbench::test {

/// One read by key, with the operation's number as $1, so that a null server can tell them apart.
/// With `keyed` the key is the number, and every tenth operation has none.
class NullWorkload final : public Workload {
  public:
    explicit NullWorkload(bool keyed = false) : keyed_(keyed) {}
    std::string_view name() const override { return "null"; }
    std::string scale() const override { return "none"; }
    const std::vector<OperationKind>& operations() const override { return kinds_; }
    const std::vector<pg::TableSpec>& tables() const override { return tables_; }
    std::uint64_t row_count(std::size_t) const override { return 0; }
    RoutingKey make_row(std::size_t, std::uint64_t, std::int64_t, pg::CopyBuffer&) const override {
        return {};
    }
    std::unique_ptr<Session> session(const RunIdentity&) const override;

  private:
    bool keyed_;
    std::vector<OperationKind> kinds_{{"read", false, 1, "select $1::int4", "", 0}};
    std::vector<pg::TableSpec> tables_;
};

/// A load to put on a null server.
struct NullLoad {
    unsigned connections = 1;
    unsigned threads = 1;
    double connect_rate = 0; ///< per second; 0: no limit
    std::size_t depth = 1;
    std::size_t batch = 1;
    Arrival arrival = Closed{};
    Nanoseconds duration = std::chrono::seconds(1);
    std::optional<Nanoseconds> warmup = Nanoseconds(0); ///< none: until it is steady
    bool finds_rate = false;                            ///< of `arrival`, as --rate auto does
    Nanoseconds timeout = std::chrono::seconds(10);
    Nanoseconds connect_timeout = std::chrono::seconds(30); ///< with opening the connections
    std::uint64_t seed = 1;
    // Several entry points: "null", then "null2", …
    std::vector<std::string> more_entries; ///< their connection strings
    std::vector<unsigned> weights;         ///< empty: all alike
    Route route = Route::round_robin;      ///< under hash the operations have keys
    bool by_entry = false;
};

/// What citusbench measured.
struct NullRun {
    RunRecord record;
    WorkerCost cost;
    LoopRecord loop;   ///< of all threads
    Ticks zero = 0;    ///< the start of measuring
    Ticks cpu = 0;     ///< of the process while it loaded
    Ticks connect = 0; ///< how long opening the connections took

    const OpStats& stats() const { return record.phases.at(0).operations.at(0); }
};

/// Runs the load through the pool, the workers, the collector and the measurement of a run, and
/// fails as a run does (RunError). `ready` is called with the time at which measuring will start,
/// once every connection is open.
NullRun run_null_load(const std::string& conninfo, const NullLoad& load,
                      const std::function<void(Ticks zero)>& ready = {});

} // namespace citusbench::test
