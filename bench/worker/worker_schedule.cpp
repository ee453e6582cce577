#include <algorithm>

#include "worker/worker.hpp"

namespace citusbench {

/// The next operation of this thread, due at `intended`. It counts as scheduled from here on, so it
/// must get an outcome.
Waiting Worker::call_for(Ticks intended) {
    Waiting operation;
    operation.index = next_index_;
    next_index_ += plan_.share.lanes(plan_.threads);
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

/// Into line, for the entry that owns its key; one without a key for all of them.
void Worker::enqueue(const Waiting& operation) {
    if (operation.entry == every_entry)
        scatter(operation);
    else
        queue_of(operation).waiting.push_back(operation);
}

void Worker::start_links() {
    const auto start = control_->clock.begin_of(0);
    for (auto& link : links_) {
        for (std::size_t i = 0; i < plan_.depth && !is_open(plan_.arrival); ++i) {
            if (queued_)
                enqueue(call_for(start));
            else
                link->waiting.push(call_for(start));
        }
        fill(*link);
    }
    serve_queues(start);
}

void Worker::take_arrivals(Ticks now) {
    const auto end = std::min(now + 1, control_->clock.end());
    for (; arrivals_->next() < end; arrivals_->advance()) enqueue(call_for(arrivals_->next()));
}

void Worker::wake_rested(Ticks now) {
    while (!resting_.empty() && resting_.front().first <= now) {
        auto* resting = resting_.front().second;
        const auto due = resting_.front().first;
        resting_.pop_front();
        if (!resting) {
            if (due < control_->clock.end()) enqueue(call_for(due));
            continue;
        }
        auto& link = *resting;
        --link.resting;
        if (due < control_->clock.end()) link.waiting.push(call_for(due));
        fill(link);
        // A link without a connection must not let the operation wait beyond its deadline.
        if (link.pipeline.state() != pg::Pipeline::State::ready)
            mend_at_ = std::min(mend_at_, due + plan_.timeout);
    }
}

/// An operation that no connection could take in time. One whose earlier tries were sent has their
/// outcome.
void Worker::skip(const Waiting& operation, Ticks now) {
    const auto outcome = operation.tries == 0    ? Outcome::skipped
                         : operation.may_be_done ? Outcome::unknown
                                                 : Outcome::failed;
    if (operation.part_of != 0)
        return end_part(operation, outcome, operation.first_sent, now, 0, nullptr);
    complete(operation, outcome, operation.first_sent, now, 0);
    // In a closed loop the next one takes its slot at once, as it would have to wait, too.
    if (queued_) free_queued_slot(Outcome::ok, now);
}

/// The operation has its outcome.
void Worker::complete(const Waiting& operation, Outcome outcome, Ticks sent, Ticks done,
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
bool Worker::try_again(Link& link, const InFlight& flight, Outcome outcome, Ticks now) {
    if (flight.operation.tries >= plan_.retries) return false;
    if (now >= control_->give_up.load(std::memory_order_relaxed)) return false;
    auto operation = flight.operation;
    operation.may_be_done = operation.may_be_done || outcome == Outcome::unknown;
    if (operation.tries == 0) open_tries_.insert(operation.first_sent);
    operation.due = now + backoff(operation.tries++);
    ++cost_.retries;
    ++link.retrying;
    retrying_.emplace(operation.due, Retry{operation, &link});
    return true;
}

void Worker::drop_retries(Ticks now) {
    for (const auto& [due, retry] : retrying_) {
        --retry.link->retrying;
        skip(retry.operation, now);
    }
    retrying_.clear();
}

void Worker::wake_retries(Ticks now) {
    while (!retrying_.empty() && retrying_.begin()->first <= now) {
        const auto retry = retrying_.extract(retrying_.begin()).mapped();
        if (queued_) {
            --retry.link->retrying;
            queue_of(retry.operation).waiting.push_back(retry.operation);
            continue;
        }
        auto& link = *retry.link;
        --link.retrying;
        link.waiting.push(retry.operation);
        fill(link);
        if (link.pipeline.state() != pg::Pipeline::State::ready)
            mend_at_ = std::min(mend_at_, retry.operation.due + plan_.timeout);
    }
}

/// Gives everything that is on its way or waits an outcome, after a failure of this worker.
void Worker::settle_all(Ticks now) {
    control_->clock.cut(now);
    for (auto& link : links_) {
        link->pipeline.abandon(
            [&](const pg::Reply& reply) { on_reply(*link, reply, now_ticks()); });
        while (!link->waiting.empty()) skip(link->waiting.pop(), now);
    }
    skip_queued(now);
    drop_retries(now);
}

void Worker::list(Link& link) {
    if (link.listed || link.pipeline.free() == 0) return;
    link.listed = true;
    link.queue->with_room.push_back(&link);
}

/// Gives a link what it can take now.
void Worker::fill(Link& link) {
    if (link.pipeline.state() != pg::Pipeline::State::ready) return;
    if (link.leaving) [[unlikely]] {
        if (link.in_flight.empty()) go_home(link, now_ticks());
        return;
    }
    if (queued_) {
        list(link);
        return;
    }
    bool queued = false;
    while (!link.waiting.empty()) {
        // A batch waits until it is full, unless nothing is on its way that could fill it.
        const bool none_to_come = link.in_flight.empty() && link.resting == 0 && link.retrying == 0;
        if (link.waiting.size() < plan_.batch && !none_to_come) break;
        if (!send_batch(link, std::min(plan_.batch, link.waiting.size()))) return;
        queued = true;
    }
    if (queued) flush(link);
}

void Worker::dispatch(EntryQueue& queue) {
    while (!queue.waiting.empty() && !queue.with_room.empty()) {
        auto& link = *queue.with_room.front();
        queue.with_room.pop_front();
        link.listed = false;
        if (link.pipeline.state() != pg::Pipeline::State::ready || link.leaving) continue;
        const auto count = std::min({plan_.batch, link.pipeline.free(), queue.waiting.size()});
        if (count == 0 || !send_batch(link, count)) continue;
        list(link);
        if (link.listed)
            unflushed_.push_back(&link);
        else
            flush(link); // it takes no more
    }
    for (auto* link : unflushed_) flush(*link);
    unflushed_.clear();
}

const Waiting& Worker::first_waiting(Link& link) const {
    return queued_ ? link.queue->waiting.front() : link.waiting.front();
}

void Worker::drop_first_waiting(Link& link) const {
    if (queued_)
        link.queue->waiting.pop_front();
    else
        link.waiting.pop();
}

/// What was sent before the measuring began tells nothing about the numbers.
void Worker::note_send_lag(Ticks ready, Ticks sent) {
    if (sent >= control_->zero) watch_.sent(ready, sent);
}

/// False if the connection broke; everything that was in flight has its outcome then.
bool Worker::send_batch(Link& link, std::size_t count) {
    Ticks sent = 0;
    auto ready = link.room_since;
    for (std::size_t i = 0; i < count; ++i) {
        // It stays in line until it is sent, whatever happens on the way.
        const auto& waiting = first_waiting(link);
        operation_.index = waiting.index;
        operation_.kind = waiting.kind;
        operation_.params.clear();
        session_->make(waiting.index, waiting.kind, operation_);
        if (i == 0) sent = now_ticks(); // nothing leaves before the first is queued
        const bool checked = is_checked(plan_, waiting.index, waiting.kind);
        if (!link.pipeline.send(waiting.kind, operation_.params, checked)) {
            lose(link, sent);
            return false;
        }
        auto& flight = link.in_flight.next();
        flight = {waiting, sent, checked};
        if (flight.operation.first_sent == 0) flight.operation.first_sent = sent;
        drop_first_waiting(link);
        flight.operation.entry = static_cast<std::uint8_t>(link.entry);
        // A closed loop's batch waits on purpose, until it is full.
        const auto due = flight.operation.due;
        ready = queued_ ? std::max(due, link.room_since) : std::max(due, ready);
        if (queued_ || i + 1 == count) note_send_lag(ready, sent);
    }
    deadline_check_ = std::min(deadline_check_, sent + plan_.timeout);
    if (!link.pipeline.end_batch()) {
        lose(link, sent);
        return false;
    }
    return true;
}

/// What several batches queued leaves together.
void Worker::flush(Link& link) {
    if (link.pipeline.state() != pg::Pipeline::State::ready) return; // lost while it was filled
    if (!link.pipeline.flush_queued())
        lose(link, now_ticks());
    else if (link.pipeline.wants_write())
        poll_for(link);
}

} // namespace citusbench
