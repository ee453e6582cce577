#include "worker/dispatcher.hpp"

#include <algorithm>

namespace citusbench {

Dispatcher::Dispatcher(const LoadPlan& plan, bool is_open_loop, Session& session,
                       ConnectionPool& pool, EventLoopStats& stats)
    : plan_(plan), session_(session), pool_(pool), stats_(stats),
      is_shared_(is_open_loop || plan.clusters() > 1) {
    const auto& connections = pool.connections();
    for (const auto& connection : connections) connection->listed = false;
    if (is_shared_) {
        queues_.resize(plan.clusters());
        for (const auto& connection : connections)
            connection->queue =
                &queues_[plan.clusters() > 1 ? connection->placement.preferred_entry : 0];
        return;
    }
    queues_.resize(connections.size(), OperationQueue(plan.depth));
    for (std::size_t i = 0; i < connections.size(); ++i) {
        queues_[i].owner = connections[i].get();
        connections[i]->queue = &queues_[i];
    }
}

void Dispatcher::offer(ClientConnection& connection) {
    if (!connection.is_ready()) return on_closed(connection);
    if (connection.leaving) [[unlikely]] {
        if (connection.pipeline.in_flight() == 0) pool_.fail_back(connection, now_ticks());
        return;
    }
    if (is_shared_)
        list(connection);
    else
        fill(connection);
}

void Dispatcher::list(ClientConnection& connection) {
    if (connection.listed || connection.pipeline.free() == 0) return;
    connection.listed = true;
    connection.queue->with_room.push(&connection);
}

/// From the connection's own queue.
void Dispatcher::fill(ClientConnection& connection) {
    const auto& queue = *connection.queue;
    bool queued = false;
    while (!queue.pending.empty()) {
        // A batch waits until it is full, unless no pending operation could fill it.
        const bool none_to_come = connection.pipeline.in_flight() == 0 && queue.expected == 0;
        if (queue.pending.size() < plan_.batch && !none_to_come) break;
        if (!send_batch(connection, std::min(plan_.batch, queue.pending.size()))) return;
        queued = true;
    }
    if (queued) flush(connection);
}

void Dispatcher::serve_all() {
    for (auto& queue : queues_)
        if (!queue.pending.empty()) serve_shared(queue);
}

void Dispatcher::serve_shared(OperationQueue& queue) {
    while (!queue.pending.empty() && !queue.with_room.empty()) {
        auto& connection = *queue.with_room.pop();
        connection.listed = false;
        if (!connection.is_ready() || connection.leaving) continue;
        const auto count =
            std::min({plan_.batch, connection.pipeline.free(), queue.pending.size()});
        if (count == 0 || !send_batch(connection, count)) continue;
        list(connection);
        if (connection.listed)
            unflushed_.push_back(&connection);
        else
            flush(connection); // it takes no more
    }
    for (auto* connection : unflushed_) flush(*connection);
    unflushed_.clear();
}

/// False if the connection broke; everything that was in flight has its outcome then.
bool Dispatcher::send_batch(ClientConnection& connection, std::size_t count) {
    auto& pipeline = connection.pipeline;
    auto& pending = connection.queue->pending;
    Ticks sent = 0;
    auto ready = connection.room_since;
    for (std::size_t i = 0; i < count; ++i) {
        // It stays in the queue until it is sent.
        const auto& operation = pending.front();
        operation_.index = operation.index;
        operation_.kind = operation.kind;
        operation_.params.clear();
        session_.make(operation.index, operation.kind, operation_);
        if (i == 0) sent = now_ticks(); // nothing leaves before the first is queued
        const bool checked = is_checked(plan_, operation.index, operation.kind);
        auto* flight = pipeline.send(operation.kind, operation_.params, checked);
        if (!flight) {
            pool_.on_connection_lost(connection, sent);
            return false;
        }
        flight->operation = pending.pop();
        flight->sent = sent;
        flight->checked = checked;
        if (flight->operation.first_sent == 0) flight->operation.first_sent = sent;
        flight->operation.entry = static_cast<std::uint8_t>(connection.placement.entry);
        // A closed loop's batch waits on purpose, until it is full.
        const auto due = flight->operation.due;
        ready = std::max(due, is_shared_ ? connection.room_since : ready);
        if ((is_shared_ || i + 1 == count) && sent >= measuring_start_) stats_.sent(ready, sent);
    }
    pool_.on_sent(sent);
    if (!pipeline.end_batch()) {
        pool_.on_connection_lost(connection, sent);
        return false;
    }
    return true;
}

/// Several queued batches leave together.
void Dispatcher::flush(ClientConnection& connection) {
    if (!connection.is_ready()) return; // lost while it was filled
    if (!connection.pipeline.flush_queued())
        pool_.on_connection_lost(connection, now_ticks());
    else if (connection.pipeline.wants_write())
        pool_.poll(connection);
}

void Dispatcher::on_closed(const ClientConnection& connection) {
    if (is_shared_ || connection.queue->pending.empty()) return;
    expiry_at_ = std::min(expiry_at_, connection.queue->pending.front().due + plan_.timeout);
}

Ticks Dispatcher::next_expiry() const {
    if (!is_shared_) return expiry_at_;
    auto next = never;
    for (const auto& queue : queues_)
        if (!queue.pending.empty())
            next = std::min(next, queue.pending.front().due + plan_.timeout);
    return next;
}

} // namespace citusbench
