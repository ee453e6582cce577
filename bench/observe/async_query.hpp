#pragma once

#include <poll.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "pg/result.hpp"

namespace citusbench {

/// A query without a waiting thread: it proceeds whenever its socket is ready.
class AsyncQuery {
  public:
    virtual ~AsyncQuery() = default;
    /// Whether the answer may still come.
    virtual bool is_pending() const = 0;
    /// The poll request that must come true before proceed() gets further. Only while it is
    /// pending.
    virtual pollfd poll_request() const = 0;
    /// Never blocks.
    virtual void proceed() = 0;
};

/// Lets all of them proceed until none is pending, `deadline` has passed, or `wake` (a file
/// descriptor, or -1) can be read.
void poll_until(std::span<AsyncQuery* const> queries, Ticks deadline, int wake);

/// A connection to a PostgreSQL for queries without waiting, so that a dead, paused or cut-off
/// server blocks no thread. Host names in `conninfo` must be resolved: libpq waits for them.
class NodeConnection final : public AsyncQuery {
  public:
    explicit NodeConnection(std::string conninfo);

    /// Statements separated by ";". Connects where there is no connection, and puts `setup` before
    /// them then. The answer to the last query must have been taken.
    void ask(std::string sql, std::string setup = {});
    bool is_pending() const override {
        return state_ == State::connecting || state_ == State::asked;
    }
    pollfd poll_request() const override;
    void proceed() override;

    /// The results by statement; nothing if there is no complete answer, for the reason error()
    /// gives. A connection that still owes an answer is thrown away.
    std::optional<std::vector<pg::Result>> take();
    /// One line, passwords masked: the server's error, or why it cannot be reached. Empty after an
    /// answer.
    const std::string& error() const { return error_; }
    /// Whether a server answered, even with an error.
    bool was_reached() const { return reached_; }

  private:
    enum class State { closed, connecting, idle, asked };
    void connect();
    void go_on_connecting();
    void send();
    void read();
    void on_connection_lost();

    std::string conninfo_;
    pg::ConnectionPtr connection_;
    State state_ = State::closed;
    PostgresPollingStatusType polling_ = PGRES_POLLING_WRITING;
    bool is_new_ = false; ///< the connection was made for the current query
    bool reached_ = false;
    std::string sql_;
    std::string setup_;
    std::vector<pg::Result> results_;
    std::string error_;
};

} // namespace citusbench
