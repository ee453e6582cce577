#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "pg/conninfo.hpp"
#include "pg/params.hpp"
#include "pg/result.hpp"
#include "pg/sqlstate.hpp"

namespace citusbench::pg {

/// A statement to prepare on each connection. One without text is never sent; one without a name is
/// not prepared, but sent as a whole each time.
struct Statement {
    std::string name;
    std::string sql;
};

/// How an operation that was sent ended. The views are valid during the call that shows it.
struct Reply {
    bool ok = false;
    CompletionKind completion_kind = CompletionKind::error_result; ///< where not ok
    std::uint32_t rows = 0;
    std::string_view sqlstate;
    std::string_view message;
    ResultPtr* result = nullptr; ///< of an ok operation sent with `keep`, to be moved from
};

/// One connection in libpq's pipeline mode, never blocking: the owner waits for its socket (epoll)
/// and calls on_event(). Operations are answered in the order of their send, and only when the
/// pipeline sync behind them arrived: PGRES_COMMAND_OK comes before the commit.
///
/// States: closed → connecting → preparing → ready, and back to closed when anything fails.
class Pipeline {
  public:
    enum class State : std::uint8_t { closed, connecting, preparing, ready };

    explicit Pipeline(std::size_t depth) : slots_(depth) {}
    Pipeline(const Pipeline&) = delete; // libpq keeps its address for notices
    Pipeline& operator=(const Pipeline&) = delete;
    ~Pipeline() = default;

    /// Begins to connect. False if that failed at once: see failure().
    bool open(const Conninfo& conninfo, const std::vector<Statement>& statements);
    State state() const { return state_; }
    int socket() const { return connection_ ? PQsocket(connection_.get()) : -1; }
    bool wants_write() const { return wants_write_; }
    std::size_t in_flight() const { return in_flight_; }
    std::size_t free() const { return slots_.size() - in_flight_; }
    /// Why it is closed, one line, passwords masked.
    const std::string& failure() const { return failure_; }
    const std::string& failure_sqlstate() const { return failure_sqlstate_; }
    PGconn* get() const { return connection_.get(); }
    std::uint64_t notices() const { return notices_; }
    /// When on_event() had taken its input from the socket: none of its replies came later.
    Ticks arrived() const { return arrived_; }

    /// Queues an operation; free() must not be 0 and the state must be ready. False if the
    /// connection broke: this operation was not sent, and the state is closed. With `keep` its
    /// reply carries the result.
    bool send(std::size_t statement, const Params& params, bool keep = false);
    /// Ends a batch of queued operations with a sync. What is queued leaves at the latest with
    /// flush_queued(); before libpq 17 each sync flushes. False if the connection broke.
    bool end_batch();
    /// Writes what is queued, as far as the socket takes it. False if the connection broke.
    bool flush_queued();
    /// Both.
    bool sync() { return end_batch() && flush_queued(); }
    /// Answers all operations in flight of a connection that broke or that the owner aborts
    /// (CompletionKind::connection_lost, or more exactly if the server had said more), and closes
    /// it.
    template <typename OnReply>
    void abandon(OnReply&& on_reply) {
        abandon_places([&](std::size_t, const Reply& reply) { on_reply(reply); });
    }

    /// Socket is readable or writable. Calls on_reply(const Reply&) for each operation answered, in
    /// the order of their send. When the state is closed afterwards, the connection was lost; the
    /// operations still in flight have been answered by then with CompletionKind::connection_lost.
    template <typename OnReply>
    void on_event(bool readable, bool writable, OnReply&& on_reply) {
        on_event_places(readable, writable,
                        [&](std::size_t, const Reply& reply) { on_reply(reply); });
    }

  protected:
    // Operations in flight have places in a ring, numbered from 0 and below its size. A place keeps
    // its operation until its reply was shown, and is free from then on.
    std::size_t places() const { return slots_.size(); }
    std::size_t oldest_place() const { return head_; }
    std::size_t newest_place() const { return place(in_flight_ - 1); }
    /// As abandon() and on_event(), with on_reply(place, const Reply&).
    template <typename OnReply>
    void abandon_places(OnReply&& on_reply);
    template <typename OnReply>
    void on_event_places(bool readable, bool writable, OnReply&& on_reply);

  private:
    enum class Status : std::uint8_t { waiting, ok, error, aborted };
    struct Slot {
        Status status = Status::waiting;
        bool last_in_batch = false;
        bool keep = false;
        std::uint32_t rows = 0;
        ResultPtr result;
    };

    /// Of the i-th operation in flight.
    std::size_t place(std::size_t i) const {
        const auto at = head_ + i;
        return at < slots_.size() ? at : at - slots_.size();
    }
    Slot& slot(std::size_t i) { return slots_[place(i)]; }
    void advance_connecting();
    void send_prepares();
    void receive_prepared();
    void fail(std::string message, std::string sqlstate = {});
    bool has_ended() const { return PQstatus(connection_.get()) == CONNECTION_BAD; }
    /// The slot at the head, which is free from here on and stays as it is until a send.
    Slot& pop();
    void flush();
    void take_input();
    void remember_error(const PGresult* result);
    /// Handles one result; true when it was the sync that answers the batch at the head.
    bool take_result(ResultPtr& result);
    Reply reply_for(Slot& slot) const;
    template <typename OnReply>
    void answer_batch(OnReply&& on_reply);

    ConnectionPtr connection_;
    const std::vector<Statement>* statements_ = nullptr;
    std::vector<Slot> slots_; ///< ring of operations in flight
    std::size_t head_ = 0;
    std::size_t in_flight_ = 0;
    std::size_t answered_ = 0; ///< of those, how many have their result, from the head
    State state_ = State::closed;
    PostgresPollingStatusType polling_ = PGRES_POLLING_WRITING;
    bool wants_write_ = false;
    bool batch_failed_ = false;   ///< an error came since the last sync
    bool sync_failed_ = false;    ///< and it belongs to the sync itself (a failed commit)
    bool is_shared_sync_ = false; ///< of several operations
    std::string error_sqlstate_;
    std::string error_message_;
    std::string failure_;
    std::string failure_sqlstate_;
    std::uint64_t notices_ = 0;
    Ticks arrived_ = 0;
};

template <typename OnReply>
void Pipeline::answer_batch(OnReply&& on_reply) {
    bool last = false;
    while (!last && in_flight_ > 0) {
        const auto at = head_;
        Slot& done = pop();
        last = done.last_in_batch;
        --answered_;
        on_reply(at, reply_for(done));
        done.result.reset();
    }
    if (batch_failed_) error_sqlstate_.clear();
    batch_failed_ = false;
    sync_failed_ = false;
}

template <typename OnReply>
void Pipeline::abandon_places(OnReply&& on_reply) {
    if (state_ != State::closed) fail("aborted by the client");
    while (in_flight_ > 0) {
        const auto at = head_;
        Slot& lost = pop();
        // The server may have said how it ended (57P01, say) before the connection went away.
        const bool told = lost.status == Status::error || lost.status == Status::aborted;
        on_reply(at, told
                         ? reply_for(lost)
                         : Reply{false, CompletionKind::connection_lost, 0, "", failure_, nullptr});
        lost.result.reset();
    }
    answered_ = 0;
    batch_failed_ = false;
    sync_failed_ = false;
}

template <typename OnReply>
void Pipeline::on_event_places(bool readable, bool writable, OnReply&& on_reply) {
    if (state_ == State::connecting) {
        advance_connecting();
        return;
    }
    if (state_ == State::closed) return;
    if (writable && wants_write_) flush(); // it may take input, too
    if (readable) take_input();
    arrived_ = now_ticks();
    if (state_ == State::preparing) {
        receive_prepared();
        return;
    }
    // Even after the connection ended, what had arrived before it is valid: an acknowledgement
    // counts.
    while (in_flight_ > 0 && !PQisBusy(connection_.get())) {
        ResultPtr result(PQgetResult(connection_.get()));
        const bool none = !result;
        if (none && has_ended()) break;
        if (take_result(result)) answer_batch(on_reply);
        // All operations have their results, but no sync is pending that could answer them.
        if (none && answered_ == in_flight_ && !slot(in_flight_ - 1).last_in_batch) break;
    }
    if (has_ended()) {
        fail(one_line(PQerrorMessage(connection_.get())), error_sqlstate_);
        abandon_places(on_reply);
    }
}

/// A Pipeline that keeps a value of its owner's beside each operation in flight, and shows it with
/// the reply. Both are in one ring, so that they cannot get out of step.
template <typename Value>
class PipelineOf : private Pipeline {
  public:
    using Pipeline::State;

    explicit PipelineOf(std::size_t depth) : Pipeline(depth), values_(places()) {}

    using Pipeline::arrived;
    using Pipeline::end_batch;
    using Pipeline::failure;
    using Pipeline::failure_sqlstate;
    using Pipeline::flush_queued;
    using Pipeline::free;
    using Pipeline::get;
    using Pipeline::in_flight;
    using Pipeline::notices;
    using Pipeline::open;
    using Pipeline::socket;
    using Pipeline::state;
    using Pipeline::sync;
    using Pipeline::wants_write;

    /// As Pipeline::send(). The operation's value, to be filled in: it still holds what was there.
    /// Null if the connection broke.
    Value* send(std::size_t statement, const Params& params, bool keep = false) {
        return Pipeline::send(statement, params, keep) ? &values_[newest_place()] : nullptr;
    }
    /// The value of the operation that was sent first; one must be in flight.
    const Value& oldest() const { return values_[oldest_place()]; }

    /// As those of Pipeline, with on_reply(const Value&, const Reply&). The value stays as it is
    /// until a send.
    template <typename OnReply>
    void abandon(OnReply&& on_reply) {
        abandon_places([&](std::size_t place, const Reply& reply) {
            on_reply(std::as_const(values_[place]), reply);
        });
    }
    template <typename OnReply>
    void on_event(bool readable, bool writable, OnReply&& on_reply) {
        on_event_places(readable, writable, [&](std::size_t place, const Reply& reply) {
            on_reply(std::as_const(values_[place]), reply);
        });
    }

  private:
    std::vector<Value> values_; ///< by place
};

} // namespace citusbench::pg
