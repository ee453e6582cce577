#include <algorithm>

#include "worker/worker.hpp"

namespace citusbench {
namespace {

constexpr Ticks min_connect_timeout = 1'000'000'000;
/// Attempts that begin in one turn of the loop: a storm of reconnects must not hold up the
/// schedule.
constexpr int opens_a_turn = 32;
/// Attempts under way at a time. Were all begun at once, with a server or a password that takes its
/// time most would meet their time limit, and begin again, for ever.
constexpr std::size_t max_opening = 64;

using State = pg::Pipeline::State;

} // namespace

/// Exponential backoff with full-range jitter above one half, capped.
Ticks Worker::backoff(unsigned failures) {
    constexpr Ticks shortest = 10'000'000;
    constexpr Ticks longest = 1'000'000'000;
    const auto most = std::min(shortest << std::min(failures, 10U), longest);
    return most / 2 + static_cast<Ticks>(jitter_.below(static_cast<std::uint64_t>(most / 2)));
}

bool Worker::all_ready() const {
    return std::all_of(connections_.begin(), connections_.end(), [](const auto& connection) {
        return connection->pipeline.state() == State::ready;
    });
}

/// Keeps epoll's view in step with what the connection waits for. libpq may change the socket while
/// it connects; a closed one leaves epoll by itself.
void Worker::poll_for(ClientConnection& connection) const {
    const int socket = connection.pipeline.socket();
    const std::uint32_t wanted = connection.pipeline.wants_write() ? EPOLLIN | EPOLLOUT : EPOLLIN;
    if (socket < 0 || (socket == connection.polled_socket && wanted == connection.polled_events &&
                       connection.pipeline.state() != State::connecting))
        return;
    epoll_event event{};
    event.events = wanted;
    event.data.ptr = &connection;
    if (epoll_ctl(epoll_, EPOLL_CTL_MOD, socket, &event) < 0)
        epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
    connection.polled_socket = socket;
    connection.polled_events = wanted;
}

void Worker::open(ClientConnection& connection, Ticks now) {
    connection.retry_at = never;
    connection.connect_deadline = now + std::max(plan_.timeout, min_connect_timeout);
    connection.polled_socket = -1;
    open_at_ = std::max(open_at_, now - open_gap_) + open_gap_;
    connection.opening = true;
    ++opening_;
    const auto& conninfo = plan_.entries[connection.entry].conninfo_for(connection.failures);
    if (connection.pipeline.open(conninfo, plan_.statements))
        poll_for(connection);
    else
        on_connection_lost(connection, now);
}

/// Whatever came of the attempt, another connection may begin its own.
void Worker::end_opening(ClientConnection& connection) {
    if (!connection.opening) return;
    connection.opening = false;
    --opening_;
    next_service_at_ = 0;
}

void Worker::on_event(ClientConnection& connection, std::uint32_t events) {
    const auto before = connection.pipeline.state();
    if (before == State::closed) return; // lost earlier in this turn
    const bool broken = (events & (EPOLLERR | EPOLLHUP)) != 0;
    connection.pipeline.on_event(broken || (events & EPOLLIN) != 0,
                                 broken || (events & EPOLLOUT) != 0, [&](const pg::Reply& reply) {
                                     on_reply(connection, reply, connection.pipeline.arrived());
                                 });
    const auto after = connection.pipeline.state();
    if (before != State::ready && &connection == probe_connection_.get()) {
        if (after == State::ready || after == State::closed)
            end_probe(after == State::ready, now_ticks());
        else
            poll_for(connection);
        return;
    }
    if (after == State::closed) {
        on_connection_lost(connection, now_ticks());
        return;
    }
    poll_for(connection);
    if (after != State::ready) return;
    if (before != State::ready) {
        end_opening(connection);
        connection.connect_deadline = never;
        connection.failures = 0;
        connection.was_ready = true;
        connection.room_since = connection.pipeline.arrived();
        if (&connection == probing_for_)
            check_failback_at_ = next_service_at_ = 0; // another one may fail back
        if (control_) {
            ++cost_.reconnects;
            note("connection_restored", connection, "");
        }
    }
    if (control_) fill(connection);
}

/// The outcome of an operation that did not end well; nothing if it is tried again.
std::optional<Outcome> Worker::classify_outcome(ClientConnection& connection,
                                                const InFlight& flight, const pg::Reply& reply,
                                                Ticks done) {
    const auto& operation = flight.operation;
    const auto& kind = plan_.workload->operations()[operation.kind];
    // An id that is there already can only be that of an earlier try.
    if (operation.tries > 0 && kind.rows > 0 && reply.sqlstate == "23505") return Outcome::ok;
    auto completion_kind = reply.completion_kind;
    if (completion_kind == pg::CompletionKind::connection_lost &&
        done - flight.sent >= plan_.timeout)
        completion_kind = pg::CompletionKind::deadline;
    auto outcome = pg::classify(completion_kind, reply.sqlstate, kind.is_write, plan_.protocol);
    const bool again = try_again(connection, flight, outcome, done);
    if (!again && operation.may_be_done) outcome = Outcome::unknown;
    recorder_.error(operation.key, operation.kind, outcome, again, reply.sqlstate,
                    pg::condition_name(completion_kind, reply.sqlstate),
                    plan_.entries[connection.entry].name, done, reply.message);
    if (again) return std::nullopt;
    return outcome;
}

/// A slot of a closed loop: its next operation, after a backoff if the last one was not ok.
void Worker::free_slot(ClientConnection& connection, Outcome outcome, Ticks now) {
    if (queued_) return free_queued_slot(outcome, now);
    if (now >= control_->clock.end()) return;
    if (outcome == Outcome::ok) {
        connection.pending.push(schedule_operation(now));
        return;
    }
    ++connection.backing_off;
    ++cost_.backoffs;
    backing_off_.emplace_back(now + error_backoff, &connection);
}

/// The same where a slot is no connection's.
void Worker::free_queued_slot(Outcome outcome, Ticks now) {
    if (is_open(plan_.arrival) || now >= control_->clock.end()) return;
    if (outcome == Outcome::ok) return enqueue(schedule_operation(now));
    ++cost_.backoffs;
    backing_off_.emplace_back(now + error_backoff, nullptr);
}

void Worker::on_reply(ClientConnection& connection, const pg::Reply& reply, Ticks done) {
    const auto& flight = connection.in_flight.pop(); // nothing is sent before this function ends
    const auto& operation = flight.operation;
    if (connection.in_flight.size() + 1 == plan_.depth) connection.room_since = done;
    const auto outcome =
        reply.ok ? std::optional(Outcome::ok) : classify_outcome(connection, flight, reply, done);
    if (!outcome) return; // it is tried again
    if (operation.fanout_id != 0)
        return complete_part(operation, *outcome, flight.sent, done, reply.rows,
                             flight.checked && reply.ok ? reply.result : nullptr);
    if (flight.checked && reply.ok && reply.result)
        answers_.push_back({operation.index, operation.kind, flight.sent, done,
                            pg::Result(std::move(*reply.result))});
    complete(operation, *outcome, flight.sent, done, reply.rows);
    free_slot(connection, *outcome, done);
}

/// The connection is gone, whoever ended it: answers for what was in flight, plans the next
/// attempt.
void Worker::on_connection_lost(ClientConnection& connection, Ticks now) {
    connection.pipeline.abandon(
        [&](const pg::Reply& reply) { on_reply(connection, reply, now_ticks()); });
    if (control_)
        note(connection.was_ready ? "connection_lost" : "connection_refused", connection,
             connection.pipeline.failure());
    end_opening(connection);
    connection.was_ready = false;
    connection.polled_socket = -1;
    connection.connect_deadline = never;
    connection.leaving = false;
    connection.retry_at = now + backoff(connection.failures++ / static_cast<unsigned>(choices()));
    move_on(connection, now);
    next_service_at_ = std::min(next_service_at_, connection.retry_at);
    if (!connection.pending.empty())
        next_service_at_ =
            std::min(next_service_at_, connection.pending.front().due + plan_.timeout);
}

/// Throws a connection away whose server did not answer in time, after asking it to cancel.
void Worker::abort_connection(ClientConnection& connection, Ticks now) {
    if (connection.pipeline.state() == State::ready && connection.pipeline.in_flight() > 0) {
        canceller_.cancel(connection.pipeline.get());
        on_connection_lost(connection, now);
    }
    if (now < control_->abort_at.load(std::memory_order_relaxed)) return;
    while (!connection.pending.empty()) skip(connection.pending.pop(), now);
    skip_queued(now);
    drop_retries(now);
}

/// Runs about once a timeout while all is well: after it, nothing in flight can reach its deadline
/// before the oldest operation does.
void Worker::check_deadlines(Ticks now) {
    deadline_check_ = never;
    for (auto& connection : connections_) {
        if (connection->in_flight.empty()) continue;
        const auto deadline = connection->in_flight.front().sent + plan_.timeout;
        if (deadline <= now)
            abort_connection(*connection, now);
        else
            deadline_check_ = std::min(deadline_check_, deadline);
    }
}

/// Services the connections that are not ready: attempts, their deadlines, pending operations.
void Worker::service_connections(Ticks now) {
    next_service_at_ = never;
    int opened = 0;
    for (auto& connection : connections_) {
        if (connection->pipeline.state() == State::ready) continue;
        if (connection->connect_deadline <= now) on_connection_lost(*connection, now);
        if (connection->retry_at <= now && opening_ < max_opening && now >= open_at_ &&
            opened++ < opens_a_turn)
            open(*connection, now);
        while (!connection->pending.empty() &&
               connection->pending.front().due + plan_.timeout <= now) {
            skip(connection->pending.pop(), now);
            if (now < control_->clock.end()) connection->pending.push(schedule_operation(now));
        }
        // end_opening() wakes those that wait for their turn to connect.
        const bool must_wait = connection->retry_at <= now && opening_ >= max_opening;
        const auto retry_at = must_wait ? never : std::max(connection->retry_at, open_at_);
        next_service_at_ = std::min({next_service_at_, retry_at, connection->connect_deadline});
        if (!connection->pending.empty())
            next_service_at_ =
                std::min(next_service_at_, connection->pending.front().due + plan_.timeout);
    }
    if (check_failback_at_ != never)
        next_service_at_ = std::min(next_service_at_, check_failback(now));
}

} // namespace citusbench
