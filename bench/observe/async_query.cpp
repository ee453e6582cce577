#include "observe/async_query.hpp"

#include <algorithm>
#include <new>
#include <utility>
#include <vector>

namespace citusbench {
namespace {

int milliseconds_until(Ticks deadline) {
    constexpr Ticks most = 1'000'000'000;
    const auto left = std::clamp<Ticks>(deadline - now_ticks(), 0, most);
    return static_cast<int>((left + 999'999) / 1'000'000);
}

} // namespace

void poll_until(std::span<AsyncQuery* const> queries, Ticks deadline, int wake) {
    std::vector<pollfd> fds;
    std::vector<AsyncQuery*> asked;
    while (true) {
        fds.clear();
        asked.clear();
        for (auto* query : queries) {
            if (!query->is_pending()) continue;
            fds.push_back(query->poll_request());
            asked.push_back(query);
        }
        if (asked.empty() || now_ticks() >= deadline) return;
        if (wake >= 0) fds.push_back({wake, POLLIN, 0});
        poll(fds.data(), fds.size(), milliseconds_until(deadline));
        if (wake >= 0 && fds.back().revents != 0) return;
        for (std::size_t i = 0; i < asked.size(); ++i)
            if (fds[i].revents != 0) asked[i]->proceed();
    }
}

NodeConnection::NodeConnection(std::string conninfo) : conninfo_(std::move(conninfo)) {}

void NodeConnection::ask(std::string sql, std::string setup) {
    sql_ = std::move(sql);
    setup_ = std::move(setup);
    results_.clear();
    error_.clear();
    reached_ = false;
    if (state_ == State::idle)
        send();
    else
        connect();
}

void NodeConnection::connect() {
    is_new_ = true;
    error_.clear(); // of a connection before it
    results_.clear();
    polling_ = PGRES_POLLING_WRITING;
    connection_.reset(PQconnectStart(conninfo_.c_str()));
    if (!connection_) throw std::bad_alloc();
    state_ = State::connecting;
    if (PQstatus(connection_.get()) == CONNECTION_BAD) on_connection_lost();
}

pollfd NodeConnection::poll_request() const {
    const bool reads = state_ == State::asked || polling_ == PGRES_POLLING_READING;
    return {PQsocket(connection_.get()), static_cast<short>(reads ? POLLIN : POLLOUT), 0};
}

void NodeConnection::proceed() {
    if (state_ == State::connecting)
        go_on_connecting();
    else if (state_ == State::asked)
        read();
}

void NodeConnection::go_on_connecting() {
    polling_ = PQconnectPoll(connection_.get());
    if (polling_ == PGRES_POLLING_FAILED) return on_connection_lost();
    if (polling_ != PGRES_POLLING_OK) return;
    PQsetnonblocking(connection_.get(), 1);
    PQsetNoticeReceiver(
        connection_.get(), [](void*, const PGresult*) {}, nullptr);
    send();
}

void NodeConnection::send() {
    // It is short and the socket's buffer empty, so that nothing is left to flush.
    state_ = State::asked;
    const auto text = is_new_ && !setup_.empty() ? setup_ + ";" + sql_ : sql_;
    if (PQsendQuery(connection_.get(), text.c_str()) == 0 || PQflush(connection_.get()) != 0)
        on_connection_lost();
}

/// An idle connection may have been lost long ago; then a new one is tried.
void NodeConnection::on_connection_lost() {
    error_ = pg::one_line(PQerrorMessage(connection_.get()));
    connection_.reset();
    state_ = State::closed;
    if (!std::exchange(is_new_, true)) connect();
}

void NodeConnection::read() {
    if (PQconsumeInput(connection_.get()) == 0) return on_connection_lost();
    while (PQisBusy(connection_.get()) == 0) {
        pg::Result result(PQgetResult(connection_.get()));
        if (result.get() == nullptr) {
            if (PQstatus(connection_.get()) == CONNECTION_BAD) return on_connection_lost();
            state_ = State::idle;
            is_new_ = false;
            reached_ = true;
            return;
        }
        const auto status = PQresultStatus(result.get());
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
            error_ = pg::one_line(PQresultErrorMessage(result.get()));
        results_.push_back(std::move(result));
    }
}

std::optional<std::vector<pg::Result>> NodeConnection::take() {
    if (is_pending()) {
        error_ = "no answer in time";
        connection_.reset();
        state_ = State::closed;
    }
    is_new_ = false;
    if (state_ != State::idle || !error_.empty()) return std::nullopt;
    return std::move(results_);
}

} // namespace citusbench
