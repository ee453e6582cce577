#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/stop_flag.hpp"
#include "pg/copy_rows.hpp"
#include "pg/result.hpp"

namespace citusbench::pg {

/// A server's error. sqlstate() is empty when the connection was lost.
class ServerError : public RunError {
  public:
    ServerError(const std::string& message, std::string sqlstate)
        : RunError(message), sqlstate_(std::move(sqlstate)) {}
    const std::string& sqlstate() const { return sqlstate_; }

  private:
    std::string sqlstate_;
};

/// A connection for set-up and checks: it runs one statement at a time and waits for it. Each wait
/// checks `stop` ten times a second and throws Interrupted, after it had the server cancel the
/// statement: nothing may happen there that nobody waits for any more. Not for measuring.
class Client {
  public:
    /// Connects within `timeout`; a server that is not there yet is tried again until then.
    /// Throws RunError with libpq's message, passwords masked.
    Client(const std::string& conninfo, const StopFlag& stop,
           std::chrono::milliseconds timeout = std::chrono::seconds(10));

    /// One or several statements separated by ";". Throws ServerError. The last result.
    Result query(const std::string& sql);
    /// One statement with text parameters $1….
    Result query(const std::string& sql, const std::vector<std::string>& params);
    /// COPY … FROM STDIN (FORMAT binary) in pieces: begin, rows as often as wanted, end. Errors of
    /// the server are thrown only at the end, because until then it reads on and drops the rest.
    void begin_copy(const std::string& copy_sql);
    void put_rows(const CopyBuffer& rows);
    void end_copy();
    /// The three in one.
    void copy_in(const std::string& copy_sql, const CopyBuffer& rows);

    /// COPY … TO STDOUT (FORMAT binary): each row to `take` as it arrives, in CopyBuffer's format,
    /// so that a table of any size needs the memory of a row. After it or `take` has thrown, the
    /// connection must not be used any more.
    void copy_out(const std::string& copy_sql,
                  const std::function<void(std::string_view row)>& take);

    PGconn* get() const { return connection_.get(); }

  private:
    void use_own_settings();
    void check_stop();
    Result wait_result();
    void wait_readable();
    void flush_all();
    void put_copy(const char* data, std::size_t size);

    ConnectionPtr connection_;
    const StopFlag* stop_;
};

/// One attempt to connect and answer a query with "true", within `timeout`. For health checks.
bool answers_query(const std::string& conninfo, std::chrono::milliseconds timeout,
                   const char* query = "select true");

/// Quotes an identifier or a literal for use in SQL text.
std::string quote_identifier(std::string_view name);
std::string quote_literal(std::string_view text);

} // namespace citusbench::pg
