#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "core/stop_flag.hpp"
#include "pg/pipeline.hpp"
#include "record/suite.hpp"
#include "verify/ledger.hpp"
#include "worker/load_plan.hpp"

namespace citusbench {

/// Connections to one node that execute one kind of operation at a time, N times. Each connection
/// has one operation in flight; after a missed deadline it is closed and opened again.
class StatementRunner {
  public:
    /// Connects all. Throws RunError where that fails within 10 s, Interrupted.
    StatementRunner(const LoadPlan& load, pg::Conninfo node, unsigned connections,
                    const StopFlag& stop);

    /// Executes operations of this kind, each connection one after the other until none is left;
    /// every write goes to the ledger. Throws RunError where a connection cannot be had again,
    /// Interrupted.
    void run(std::uint32_t kind, std::deque<std::uint64_t> indices, Ledger& ledger, SuiteRow& row);
    /// The error of the last operation that was not ok; else empty.
    const std::string& error() const { return error_; }

  private:
    struct SuiteConnection {
        std::unique_ptr<pg::Pipeline> pipeline;
        std::uint64_t index = 0;
        Ticks sent = 0; ///< 0: nothing is on its way
    };
    void connect_closed();
    void wait(Ticks until);
    void send(SuiteConnection& connection, std::uint32_t kind, std::uint64_t index);
    void count(SuiteConnection& connection, const pg::Reply& reply);
    void note_error(const pg::Reply& reply, Outcome outcome, Ticks now);
    void abort_late();
    bool is_idle() const;

    const LoadPlan& load_;
    pg::Conninfo node_;
    const StopFlag& stop_;
    std::unique_ptr<Session> session_;
    std::vector<SuiteConnection> connections_;
    Operation operation_;
    std::uint32_t kind_ = 0;
    Ledger* ledger_ = nullptr;
    SuiteRow* row_ = nullptr;
    std::string error_;
};

} // namespace citusbench
