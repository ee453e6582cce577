#include <algorithm>

#include "worker/worker.hpp"

namespace citusbench {

/// The next operation of this thread, due at `intended`. It counts as scheduled from here on, so it
/// must get an outcome.
PendingOperation Worker::schedule_operation(Ticks intended) {
    PendingOperation operation;
    operation.index = next_index_;
    next_index_ += plan_.slice.thread_count(plan_.threads);
    operation.intended = intended;
    operation.key = key_of(intended);
    operation.kind = kind_of_operation(kinds_, plan_.seed, plan_.identity.run, operation.index);
    operation.cell = operation.kind;
    operation.due = intended;
    const bool by_key = clusters_.clusters() > 1;
    if (plan_.groups || by_key) {
        const auto key = session_->key(operation.index, operation.kind);
        if (plan_.groups) {
            operation.shard = plan_.groups->shard_of(key);
            operation.cell = plan_.groups->cell(operation.kind, operation.shard);
        }
        if (by_key)
            operation.entry = key.kind == RoutingKey::Kind::none
                                  ? every_entry
                                  : static_cast<std::uint8_t>(clusters_.owner_of(key));
    }
    recorder_.scheduled(operation.key, operation.cell);
    ++outstanding_;
    return operation;
}

/// Queues it for the entry that owns its key or, without a key, for all of them.
void Worker::enqueue(const PendingOperation& operation) {
    if (operation.entry == every_entry)
        fan_out(operation);
    else
        queue_of(operation).pending.push_back(operation);
}

void Worker::start_connections() {
    const auto start = control_->clock.begin_of(0);
    for (auto& connection : connections_) {
        for (std::size_t i = 0; i < plan_.depth && !is_open(plan_.arrival); ++i) {
            if (queued_)
                enqueue(schedule_operation(start));
            else
                connection->pending.push(schedule_operation(start));
        }
        fill(*connection);
    }
    serve_queues(start);
}

void Worker::take_arrivals(Ticks now) {
    const auto end = std::min(now + 1, control_->clock.end());
    for (; arrivals_->next() < end; arrivals_->advance())
        enqueue(schedule_operation(arrivals_->next()));
}

void Worker::end_backoffs(Ticks now) {
    while (!backing_off_.empty() && backing_off_.front().first <= now) {
        auto* backing_off = backing_off_.front().second;
        const auto due = backing_off_.front().first;
        backing_off_.pop_front();
        if (!backing_off) {
            if (due < control_->clock.end()) enqueue(schedule_operation(due));
            continue;
        }
        auto& connection = *backing_off;
        --connection.backing_off;
        if (due < control_->clock.end()) connection.pending.push(schedule_operation(due));
        fill(connection);
        // A connection that is down must not let the operation wait beyond its deadline.
        if (connection.pipeline.state() != pg::Pipeline::State::ready)
            next_service_at_ = std::min(next_service_at_, due + plan_.timeout);
    }
}

/// An operation that no connection could take in time. One whose earlier tries were sent has their
/// outcome.
void Worker::skip(const PendingOperation& operation, Ticks now) {
    const auto outcome = operation.tries == 0    ? Outcome::skipped
                         : operation.may_be_done ? Outcome::unknown
                                                 : Outcome::failed;
    if (operation.fanout_id != 0)
        return complete_part(operation, outcome, operation.first_sent, now, 0, nullptr);
    complete(operation, outcome, operation.first_sent, now, 0);
    // In a closed loop the next one takes its slot at once, as it would have to wait, too.
    if (queued_) free_queued_slot(Outcome::ok, now);
}

/// The operation has its outcome.
void Worker::complete(const PendingOperation& operation, Outcome outcome, Ticks sent, Ticks done,
                      std::uint32_t rows) {
    auto cell = operation.cell;
    if (plan_.by_entry) {
        cell = cell_by_entry(operation);
        recorder_.scheduled(operation.key, cell);
    }
    recorder_.completed(operation.key, cell, outcome, operation.intended, sent, done, rows);
    if (plan_.groups || is_write_[operation.kind])
        completions_.push_back({operation.index, operation.intended,
                                operation.first_sent != 0 ? operation.first_sent : sent, done,
                                operation.shard, static_cast<std::uint16_t>(operation.kind),
                                outcome});
    if (operation.tries > 0) open_tries_.erase(open_tries_.find(operation.first_sent));
    --outstanding_;
    ++cost_.completed;
}

/// Tries the operation again after a while, under the same id. False if it had its tries, or nobody
/// waits for it any more.
bool Worker::try_again(ClientConnection& connection, const InFlight& flight, Outcome outcome,
                       Ticks now) {
    if (flight.operation.tries >= plan_.retries) return false;
    if (now >= control_->abort_at.load(std::memory_order_relaxed)) return false;
    auto operation = flight.operation;
    operation.may_be_done = operation.may_be_done || outcome == Outcome::unknown;
    if (operation.tries == 0) open_tries_.insert(operation.first_sent);
    operation.due = now + backoff(operation.tries++);
    ++cost_.retries;
    ++connection.retrying;
    retrying_.emplace(operation.due, Retry{operation, &connection});
    return true;
}

void Worker::drop_retries(Ticks now) {
    for (const auto& [due, retry] : retrying_) {
        --retry.connection->retrying;
        skip(retry.operation, now);
    }
    retrying_.clear();
}

void Worker::wake_retries(Ticks now) {
    while (!retrying_.empty() && retrying_.begin()->first <= now) {
        const auto retry = retrying_.extract(retrying_.begin()).mapped();
        if (queued_) {
            --retry.connection->retrying;
            queue_of(retry.operation).pending.push_back(retry.operation);
            continue;
        }
        auto& connection = *retry.connection;
        --connection.retrying;
        connection.pending.push(retry.operation);
        fill(connection);
        if (connection.pipeline.state() != pg::Pipeline::State::ready)
            next_service_at_ = std::min(next_service_at_, retry.operation.due + plan_.timeout);
    }
}

/// Gives every operation in flight or pending an outcome, after this worker failed.
void Worker::complete_all(Ticks now) {
    control_->clock.cut(now);
    for (auto& connection : connections_) {
        connection->pipeline.abandon(
            [&](const pg::Reply& reply) { on_reply(*connection, reply, now_ticks()); });
        while (!connection->pending.empty()) skip(connection->pending.pop(), now);
    }
    skip_queued(now);
    drop_retries(now);
}

void Worker::list(ClientConnection& connection) {
    if (connection.listed || connection.pipeline.free() == 0) return;
    connection.listed = true;
    connection.queue->with_room.push_back(&connection);
}

/// Gives a connection what it can take now.
void Worker::fill(ClientConnection& connection) {
    if (connection.pipeline.state() != pg::Pipeline::State::ready) return;
    if (connection.leaving) [[unlikely]] {
        if (connection.in_flight.empty()) fail_back(connection, now_ticks());
        return;
    }
    if (queued_) {
        list(connection);
        return;
    }
    bool queued = false;
    while (!connection.pending.empty()) {
        // A batch waits until it is full, unless nothing is on its way that could fill it.
        const bool none_to_come =
            connection.in_flight.empty() && connection.backing_off == 0 && connection.retrying == 0;
        if (connection.pending.size() < plan_.batch && !none_to_come) break;
        if (!send_batch(connection, std::min(plan_.batch, connection.pending.size()))) return;
        queued = true;
    }
    if (queued) flush(connection);
}

void Worker::dispatch(EntryQueue& queue) {
    while (!queue.pending.empty() && !queue.with_room.empty()) {
        auto& connection = *queue.with_room.front();
        queue.with_room.pop_front();
        connection.listed = false;
        if (connection.pipeline.state() != pg::Pipeline::State::ready || connection.leaving)
            continue;
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

const PendingOperation& Worker::first_pending(ClientConnection& connection) const {
    return queued_ ? connection.queue->pending.front() : connection.pending.front();
}

void Worker::drop_first_pending(ClientConnection& connection) const {
    if (queued_)
        connection.queue->pending.pop_front();
    else
        connection.pending.pop();
}

/// Operations sent before the measuring began do not count.
void Worker::note_send_lag(Ticks ready, Ticks sent) {
    if (sent >= control_->zero) watch_.sent(ready, sent);
}

/// False if the connection broke; everything that was in flight has its outcome then.
bool Worker::send_batch(ClientConnection& connection, std::size_t count) {
    Ticks sent = 0;
    auto ready = connection.room_since;
    for (std::size_t i = 0; i < count; ++i) {
        // It stays in the queue until it is sent.
        const auto& pending = first_pending(connection);
        operation_.index = pending.index;
        operation_.kind = pending.kind;
        operation_.params.clear();
        session_->make(pending.index, pending.kind, operation_);
        if (i == 0) sent = now_ticks(); // nothing leaves before the first is queued
        const bool checked = is_checked(plan_, pending.index, pending.kind);
        if (!connection.pipeline.send(pending.kind, operation_.params, checked)) {
            on_connection_lost(connection, sent);
            return false;
        }
        auto& flight = connection.in_flight.next();
        flight = {pending, sent, checked};
        if (flight.operation.first_sent == 0) flight.operation.first_sent = sent;
        drop_first_pending(connection);
        flight.operation.entry = static_cast<std::uint8_t>(connection.entry);
        // A closed loop's batch waits on purpose, until it is full.
        const auto due = flight.operation.due;
        ready = queued_ ? std::max(due, connection.room_since) : std::max(due, ready);
        if (queued_ || i + 1 == count) note_send_lag(ready, sent);
    }
    deadline_check_ = std::min(deadline_check_, sent + plan_.timeout);
    if (!connection.pipeline.end_batch()) {
        on_connection_lost(connection, sent);
        return false;
    }
    return true;
}

/// What several batches queued leaves together.
void Worker::flush(ClientConnection& connection) {
    if (connection.pipeline.state() != pg::Pipeline::State::ready)
        return; // lost while it was filled
    if (!connection.pipeline.flush_queued())
        on_connection_lost(connection, now_ticks());
    else if (connection.pipeline.wants_write())
        poll_for(connection);
}

} // namespace citusbench
