#include "pg/client.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pg/cancel.hpp"
#include "pg/copy_rows.hpp"

namespace citusbench::pg {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr int poll_slice_ms = 100;

/// Waits for the socket for at most a slice, so that the caller can look at its stop flag.
void poll_socket(PGconn* connection, short events) {
    pollfd fd{PQsocket(connection), events, 0};
    if (fd.fd < 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return;
    }
    poll(&fd, 1, poll_slice_ms);
}

/// One attempt with a deadline: PQconnectdb would ignore our deadline.
ConnectionPtr try_connect(const std::string& conninfo, SteadyClock::time_point deadline,
                          const StopFlag* stop, std::string& error) {
    ConnectionPtr connection(PQconnectStart(conninfo.c_str()));
    if (!connection) throw std::bad_alloc();
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;
    while (PQstatus(connection.get()) != CONNECTION_BAD) {
        if (stop) stop->check();
        if (status == PGRES_POLLING_OK) return connection;
        if (SteadyClock::now() >= deadline) {
            error = fmt::format("no answer from {} port {} in time", PQhost(connection.get()),
                                PQport(connection.get()));
            return nullptr;
        }
        pollfd fd{PQsocket(connection.get()),
                  static_cast<short>(status == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
        if (poll(&fd, 1, 10) > 0) status = PQconnectPoll(connection.get());
    }
    error = one_line(PQerrorMessage(connection.get()));
    return nullptr;
}

bool is_retryable(std::string_view error) {
    // Wrong password, unknown database and the like are permanent errors.
    for (const auto* text : {"password authentication failed", "does not exist", "no pg_hba.conf",
                             "no password supplied", "invalid"})
        if (error.find(text) != std::string_view::npos) return false;
    return true;
}

} // namespace

std::int64_t Result::integer(int row, int column) const {
    const auto value = text(row, column);
    std::int64_t number = 0;
    const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (code != std::errc{} || end != value.data() + value.size())
        throw RunError(
            fmt::format("the server sent '{}' where a whole number was expected", value));
    return number;
}

Client::Client(const std::string& conninfo, const StopFlag& stop, std::chrono::milliseconds timeout)
    : stop_(&stop) {
    const auto deadline = SteadyClock::now() + timeout;
    std::string error;
    auto pause = std::chrono::milliseconds(5);
    while (true) {
        connection_ = try_connect(conninfo, deadline, &stop, error);
        if (connection_) break;
        if (!is_retryable(error) || SteadyClock::now() + pause >= deadline) throw RunError(error);
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, std::chrono::milliseconds(200));
    }
    PQsetnonblocking(connection_.get(), 1);
    // NOTICEs of set-up ("schema does not exist, skipping") are of no use to a user.
    const auto ignore = [](void*, const PGresult*) {};
    PQsetNoticeReceiver(connection_.get(), ignore, nullptr);
    use_own_settings();
}

void Client::check_stop() {
    constexpr auto timeout = std::chrono::seconds(1);
    if (!stop_->requested()) return;
    cancel_at_server(connection_.get(), timeout);
    // The statement has ended when its answer is here.
    const auto deadline = SteadyClock::now() + timeout;
    while (PQisBusy(connection_.get()) != 0 && SteadyClock::now() < deadline) {
        poll_socket(connection_.get(), POLLIN);
        if (!PQconsumeInput(connection_.get())) break;
    }
    throw Interrupted();
}

/// Whatever role, database or connection string set for the load: a limit of time would end the
/// loading or the comparison of many rows, and texts are written and read in one form. One
/// statement for all of them, or, where a server refuses one (a pooler's console refuses all), one
/// for each, as the others still hold then.
void Client::use_own_settings() {
    std::vector<std::string> settings = {
        "set statement_timeout = 0",
        "set lock_timeout = 0",
        "set idle_in_transaction_session_timeout = 0",
        "set default_transaction_isolation = 'read committed'",
        "set standard_conforming_strings = on",
        "set datestyle = 'ISO, YMD'",
        "set client_encoding = 'UTF8'",
        "set client_min_messages = warning",
    };
    const int version = PQserverVersion(connection_.get());
    if (version >= 140'000) settings.emplace_back("set idle_session_timeout = 0");
    if (version >= 170'000) settings.emplace_back("set transaction_timeout = 0");
    const auto holds = [&](const std::string& sql) {
        try {
            query(sql);
            return true;
        } catch (const ServerError& error) {
            if (error.sqlstate().empty()) throw; // the connection is lost
            return false;
        }
    };
    if (holds(fmt::format("{}", fmt::join(settings, ";")))) return;
    for (const auto& setting : settings) holds(setting);
}

void Client::flush_all() {
    while (true) {
        const int left = PQflush(connection_.get());
        if (left == 0) return;
        if (left < 0) throw ServerError(one_line(PQerrorMessage(connection_.get())), "");
        check_stop();
        poll_socket(connection_.get(), POLLIN | POLLOUT);
        PQconsumeInput(connection_.get());
    }
}

void Client::wait_readable() {
    while (PQisBusy(connection_.get())) {
        check_stop();
        poll_socket(connection_.get(), POLLIN);
        if (!PQconsumeInput(connection_.get()))
            throw ServerError(one_line(PQerrorMessage(connection_.get())), "");
    }
}

Result Client::wait_result() {
    flush_all();
    Result last(nullptr);
    std::string error;
    std::string sqlstate;
    while (true) {
        wait_readable();
        PGresult* raw = PQgetResult(connection_.get());
        if (!raw) break;
        last = Result(raw);
        const auto status = PQresultStatus(raw);
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) return last;
        if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
            const char* state = PQresultErrorField(raw, PG_DIAG_SQLSTATE);
            if (error.empty()) {
                error = one_line(PQresultErrorMessage(raw));
                sqlstate = state ? state : "";
            }
            if (PQstatus(connection_.get()) == CONNECTION_BAD) break;
        }
    }
    if (!error.empty()) throw ServerError(error, sqlstate);
    return last;
}

Result Client::query(const std::string& sql) {
    if (!PQsendQuery(connection_.get(), sql.c_str()))
        throw ServerError(one_line(PQerrorMessage(connection_.get())), "");
    return wait_result();
}

Result Client::query(const std::string& sql, const std::vector<std::string>& params) {
    std::vector<const char*> values;
    values.reserve(params.size());
    for (const auto& param : params) values.push_back(param.c_str());
    if (!PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                           values.data(), nullptr, nullptr, 0))
        throw ServerError(one_line(PQerrorMessage(connection_.get())), "");
    return wait_result();
}

void Client::put_copy(const char* data, std::size_t size) {
    constexpr std::size_t piece_bytes = 1 << 18;
    while (size > 0) {
        const auto piece = std::min(size, piece_bytes);
        const int taken = PQputCopyData(connection_.get(), data, static_cast<int>(piece));
        if (taken < 0) throw ServerError(one_line(PQerrorMessage(connection_.get())), "");
        if (taken == 0) {
            flush_all();
            continue;
        }
        data += piece;
        size -= piece;
        flush_all();
    }
}

void Client::begin_copy(const std::string& copy_sql) {
    // Signature, flags and header extension length.
    static constexpr char header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
    query(copy_sql);
    put_copy(header, 19);
}

void Client::put_rows(const CopyBuffer& rows) {
    put_copy(rows.data(), rows.size());
}

void Client::end_copy() {
    static constexpr char trailer[] = "\377\377"; // a row of -1 fields
    put_copy(trailer, 2);
    if (PQputCopyEnd(connection_.get(), nullptr) < 0)
        throw ServerError(one_line(PQerrorMessage(connection_.get())), "");
    wait_result();
}

void Client::copy_in(const std::string& copy_sql, const CopyBuffer& rows) {
    begin_copy(copy_sql);
    put_rows(rows);
    end_copy();
}

void Client::copy_out(const std::string& copy_sql,
                      const std::function<void(std::string_view row)>& take) {
    query(copy_sql);
    CopySplitter splitter;
    // If the server always has data, the code never waits, so Ctrl-C is checked here.
    for (std::uint64_t pieces = 1;; ++pieces) {
        if (pieces % 1024 == 0) check_stop();
        char* raw = nullptr;
        const int bytes = PQgetCopyData(connection_.get(), &raw, 1);
        const std::unique_ptr<char, decltype(&PQfreemem)> piece(raw, &PQfreemem);
        if (bytes == -1) break;
        if (bytes < 0) throw ServerError(one_line(PQerrorMessage(connection_.get())), "");
        if (bytes > 0) {
            splitter.feed({piece.get(), static_cast<std::size_t>(bytes)}, take);
            continue;
        }
        check_stop();
        poll_socket(connection_.get(), POLLIN);
        if (!PQconsumeInput(connection_.get()))
            throw ServerError(one_line(PQerrorMessage(connection_.get())), "");
    }
    wait_result();
    if (!splitter.ended()) throw RunError("the server ended a COPY before its trailer");
}

bool answers_query(const std::string& conninfo, std::chrono::milliseconds timeout,
                   const char* query) {
    std::string error;
    const auto deadline = SteadyClock::now() + timeout;
    auto connection = try_connect(conninfo, deadline, nullptr, error);
    if (!connection || !PQsendQuery(connection.get(), query)) return false;
    while (PQisBusy(connection.get())) {
        if (SteadyClock::now() >= deadline) return false;
        pollfd fd{PQsocket(connection.get()), POLLIN, 0};
        poll(&fd, 1, 10);
        if (!PQconsumeInput(connection.get())) return false;
    }
    const Result result(PQgetResult(connection.get()));
    return PQresultStatus(result.get()) == PGRES_TUPLES_OK && result.rows() == 1 &&
           result.text(0, 0) == "t";
}

} // namespace citusbench::pg
