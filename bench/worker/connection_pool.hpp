#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "core/time.hpp"
#include "worker/backoff.hpp"
#include "worker/canceller.hpp"
#include "worker/client_connection.hpp"
#include "worker/connect_throttle.hpp"
#include "worker/event_loop.hpp"
#include "worker/fail_back.hpp"
#include "worker/load_plan.hpp"

namespace citusbench {

/// The notifications of a ConnectionPool to its owner.
class ConnectionObserver {
  public:
    virtual ~ConnectionObserver() = default;
    virtual void on_reply(ClientConnection& connection, const SentOperation& sent,
                          const pg::Reply& reply, Ticks done) = 0;
    /// It is connected and prepared.
    virtual void on_ready(ClientConnection& connection) = 0;
    /// It broke or could not be opened, at its `placement.entry`; operations in flight were
    /// answered.
    virtual void on_lost(ClientConnection& connection) = 0;
    /// Nothing can be sent on it until it is ready again; it was lost, or it fails back.
    virtual void on_closed(ClientConnection& connection) = 0;
};

/// The connections of one thread: opens them, notices their loss and the deadlines of what they
/// sent, and fails each over and back. It does not decide what is sent.
class ConnectionPool {
  public:
    using Connections = FailBack::Connections;

    /// The connections of thread `thread`, closed. Keeps references.
    ConnectionPool(const LoadPlan& plan, unsigned thread, EventLoop& loop, Canceller& canceller,
                   ConnectionObserver& observer);

    const Connections& connections() const { return connections_; }
    /// Every connection is to be opened at once, as far as the limits let it.
    void open_all();
    bool all_ready() const;
    /// One that is not ready, or null.
    const ClientConnection* first_not_ready() const;

    /// Handles an event of a socket. Calls on_reply(const SentOperation&, const pg::Reply&) for
    /// answers on a working connection, and the observer for everything else. Returns whether the
    /// connection is ready afterwards.
    template <typename OnReply>
    bool on_event(ClientConnection& connection, std::uint32_t events, OnReply&& on_reply);
    /// Something was sent at `sent`: its deadline is to be watched.
    void on_sent(Ticks sent) { deadline_at_ = std::min(deadline_at_, sent + plan_.timeout); }
    /// After a write that the socket did not take as a whole.
    void poll(ClientConnection& connection) { poll_connection(loop_, connection); }
    /// The connection is lost: answers the operations in flight and plans the next attempt.
    void on_connection_lost(ClientConnection& connection, Ticks now);
    /// Drops a connection whose server did not answer in time, after a cancel request.
    void abort_connection(ClientConnection& connection, Ticks now);
    /// Closes a `leaving` connection, of which nothing is in flight, to open it where it belongs.
    void fail_back(ClientConnection& connection, Ticks now);

    /// Answers everything in flight and closes every connection, after a failure of this thread.
    void close_all();

    /// When to call service().
    Ticks next_at() const { return std::min({service_at_, deadline_at_, fail_back_.next_at()}); }
    /// Attempts to connect, their time limits, deadlines of what was sent, failing back.
    void service(Ticks now);

    /// The first send of an operation in flight, or `now` if nothing was sent earlier.
    Ticks oldest_sent(Ticks now) const;
    std::uint64_t notices() const;

  private:
    std::size_t entries_to_choose_from() const;
    void open(ClientConnection& connection, Ticks now);
    void end_opening(ClientConnection& connection);
    bool on_state_change(ClientConnection& connection, bool was_ready);
    void check_deadlines(Ticks now);
    void service_connections(Ticks now);

    const LoadPlan& plan_;
    EventLoop& loop_;
    Canceller& canceller_;
    ConnectionObserver& observer_;
    Connections connections_;
    FailBack fail_back_;
    ConnectThrottle throttle_;
    Backoff backoff_;
    Ticks service_at_ = never;  ///< attempts to connect and their time limits
    Ticks deadline_at_ = never; ///< no operation can reach its deadline before
};

template <typename OnReply>
bool ConnectionPool::on_event(ClientConnection& connection, std::uint32_t events,
                              OnReply&& on_reply) {
    auto& pipeline = connection.pipeline;
    if (pipeline.state() == pg::Pipeline::State::closed)
        return false; // lost earlier in this iteration
    const bool was_ready = connection.is_ready();
    const bool broken = (events & (EPOLLERR | EPOLLHUP)) != 0;
    pipeline.on_event(broken || (events & EPOLLIN) != 0, broken || (events & EPOLLOUT) != 0,
                      on_reply);
    if (!was_ready || !connection.is_ready()) [[unlikely]]
        return on_state_change(connection, was_ready);
    poll(connection);
    return true;
}

} // namespace citusbench
