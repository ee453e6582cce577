#include "worker/worker.hpp"

namespace citusbench {

/// The next operation of a slot of a closed loop.
void Worker::schedule_operation(Ticks intended, OperationQueue& queue) {
    const auto operation = schedule_->schedule_operation(intended);
    outcomes_.scheduled(operation);
    enqueue(operation, queue);
}

/// Puts it into the connection's own `queue`; with routing into the queue of its key, without a key
/// into all queues.
void Worker::enqueue(const PendingOperation& operation, OperationQueue& queue) {
    if (operation.entry == no_entry) {
        queue.pending.push(operation);
    } else if (operation.entry != every_entry) {
        dispatcher_->shared_queue(operation.entry).pending.push(operation);
    } else {
        auto part = fanouts_.begin(operation);
        for (std::size_t cluster = 0; cluster < dispatcher_->queues(); ++cluster) {
            part.entry = static_cast<std::uint8_t>(cluster);
            dispatcher_->shared_queue(cluster).pending.push(part);
        }
    }
}

void Worker::on_reply(ClientConnection& connection, const SentOperation& sent,
                      const pg::Reply& reply, Ticks done) {
    const auto& operation =
        sent.operation; // stays valid: nothing is sent before this function ends
    if (connection.pipeline.free() == 1) connection.room_since = done;
    const auto outcome =
        reply.ok ? std::optional(Outcome::ok) : classify_outcome(connection, sent, reply, done);
    if (!outcome) return; // it is tried again
    auto* answer = sent.checked && reply.ok ? reply.result : nullptr;
    if (operation.fanout_id != 0)
        return complete_part(operation, *connection.queue,
                             {*outcome, sent.sent, done, reply.rows, answer});
    if (answer) outcomes_.answer(operation, sent.sent, done, pg::Result(std::move(*answer)));
    retries_.on_complete(operation);
    outcomes_.completed(operation, *outcome, sent.sent, done, reply.rows);
    free_slot(*connection.queue, *outcome, done);
}

/// The outcome of an operation that did not succeed; nothing if it is tried again.
std::optional<Outcome> Worker::classify_outcome(const ClientConnection& connection,
                                                const SentOperation& sent, const pg::Reply& reply,
                                                Ticks done) {
    const auto& operation = sent.operation;
    const auto& kind = plan_.workload->operations()[operation.kind];
    // An id that is there already can only be that of an earlier try.
    if (operation.tries > 0 && kind.rows > 0 && reply.sqlstate == "23505") return Outcome::ok;
    auto completion_kind = reply.completion_kind;
    if (completion_kind == pg::CompletionKind::connection_lost && done - sent.sent >= plan_.timeout)
        completion_kind = pg::CompletionKind::deadline;
    auto outcome = pg::classify(completion_kind, reply.sqlstate, kind.is_write, plan_.protocol);
    const bool is_given_up = done >= control_->abort_at.load(std::memory_order_relaxed);
    const bool again =
        !is_given_up && retries_.try_again(operation, *connection.queue, outcome, done);
    if (!again && operation.may_be_done) outcome = Outcome::unknown;
    outcomes_.error(sent, outcome, again, completion_kind, reply, connection.placement.entry, done);
    if (again) return std::nullopt;
    return outcome;
}

/// One of several parts of an operation has its outcome; the last one completes the operation.
void Worker::complete_part(const PendingOperation& part, OperationQueue& queue,
                           const PartResult& result) {
    retries_.on_complete(part);
    auto fanout = fanouts_.complete_part(part, result);
    if (!fanout) return;
    const auto whole = fanout->whole;
    const auto outcome = merge_outcomes(fanout->outcomes, outcomes_.is_write(whole.kind));
    const auto done = fanout->last_done;
    if (outcome != Outcome::skipped) outcomes_.parts_not_sent(*fanout, outcome);
    outcomes_.completed(whole, outcome, whole.first_sent, done, fanout->rows);
    if (outcome == Outcome::ok && fanout->answers.size() == dispatcher_->queues())
        outcomes_.answer(std::move(*fanout));
    free_slot(queue, outcome == Outcome::skipped ? Outcome::ok : outcome, done);
}

/// No connection could take this operation in time. If earlier tries were sent, it has their
/// outcome.
void Worker::skip(const PendingOperation& operation, OperationQueue& queue, Ticks now) {
    const auto outcome = operation.tries == 0    ? Outcome::skipped
                         : operation.may_be_done ? Outcome::unknown
                                                 : Outcome::failed;
    const auto sent = operation.first_sent;
    if (operation.fanout_id != 0)
        return complete_part(operation, queue, {outcome, sent, now, 0, nullptr});
    retries_.on_complete(operation);
    outcomes_.completed(operation, outcome, sent, now, 0);
    // In a closed loop the next one takes its slot at once, as it would have to wait, too.
    free_slot(queue, Outcome::ok, now);
}

/// Schedules the next operation of a closed loop's slot, with a delay if the last one did not
/// succeed.
void Worker::free_slot(OperationQueue& queue, Outcome outcome, Ticks now) {
    if (is_open_loop_ || schedule_->has_ended(now)) return;
    if (outcome == Outcome::ok)
        schedule_operation(now, queue);
    else
        backing_off_.add(queue, now);
}

void Worker::on_ready(ClientConnection& connection) {
    if (!control_) return;
    ++reconnects_;
    connection_events_.add("connection_restored", plan_.entries[connection.placement.entry].name,
                           "", now_ticks());
}

void Worker::on_lost(ClientConnection& connection) {
    if (!control_) return;
    connection_events_.add(connection.was_ready ? "connection_lost" : "connection_refused",
                           plan_.entries[connection.placement.entry].name,
                           connection.pipeline.failure(), now_ticks());
}

void Worker::on_closed(ClientConnection& connection) {
    if (dispatcher_) dispatcher_->on_closed(connection);
}

} // namespace citusbench
