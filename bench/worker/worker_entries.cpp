#include <algorithm>
#include <utility>

#include "worker/worker.hpp"

namespace citusbench {
namespace {

/// How long after a failed probe of an entry, or after a connection left it, it is probed again.
constexpr Ticks check_failback_every = 1'000'000'000;
constexpr Ticks probe_timeout = 5'000'000'000;

using State = pg::Pipeline::State;

} // namespace

/// Connections are numbered thread by thread, so that those of each thread and those of all threads
/// together are spread by the weights.
void Worker::make_connections() {
    const auto count_of = [&](unsigned thread) {
        return (plan_.connections - thread + plan_.threads - 1) / plan_.threads;
    };
    std::size_t first = 0;
    for (unsigned thread = 0; thread < thread_; ++thread) first += count_of(thread);
    std::vector<unsigned> weights;
    for (const auto& entry : plan_.entries)
        weights.push_back(plan_.route == Route::hash ? 1 : entry.weight);
    const auto entries = spread_connections(weights, first + count_of(thread_));
    std::vector<std::size_t> turns(plan_.entries.size(), thread_);
    for (auto i = first; i < entries.size(); ++i) {
        const auto entry = entries[i];
        connections_.push_back(
            std::make_unique<ClientConnection>(plan_.depth, entry, turns[entry]++));
        connections_.back()->queue = &queues_[clusters_.clusters() > 1 ? entry : 0];
    }
}

EntryQueue& Worker::queue_of(const PendingOperation& operation) {
    return queues_[clusters_.clusters() > 1 ? operation.entry : 0];
}

void Worker::serve_queues(Ticks now) {
    for (auto& queue : queues_)
        if (!queue.pending.empty()) expire_pending(queue, now);
    for (auto& queue : queues_)
        if (!queue.pending.empty()) dispatch(queue);
}

void Worker::skip_queued(Ticks now) {
    for (auto& queue : queues_) {
        while (!queue.pending.empty()) {
            const auto operation = queue.pending.front();
            queue.pending.pop_front();
            skip(operation, now);
        }
    }
}

void Worker::expire_pending(EntryQueue& queue, Ticks now) {
    const bool drop = now >= control_->drop_pending.load(std::memory_order_relaxed);
    while (!queue.pending.empty() && (drop || queue.pending.front().due + plan_.timeout <= now)) {
        const auto operation = queue.pending.front();
        queue.pending.pop_front();
        skip(operation, now);
    }
}

std::uint32_t Worker::cell_by_entry(const PendingOperation& operation) const {
    const auto entries = plan_.entries.size();
    const auto counted = plan_.cells() / (1 + EntryCells::blocks(entries));
    const auto block = 1 + EntryCells::block_of(operation.entry, entries);
    return static_cast<std::uint32_t>(block * counted) + operation.cell;
}

/// Queues a part for each cluster; together they are one operation.
void Worker::fan_out(const PendingOperation& operation) {
    if (free_fanout_slots_.empty()) {
        fanouts_.emplace_back();
        free_fanout_slots_.push_back(fanouts_.size());
    }
    const auto place = free_fanout_slots_.back();
    free_fanout_slots_.pop_back();
    fanouts_[place - 1].whole = operation;
    fanouts_[place - 1].parts_pending = queues_.size();
    auto part = operation;
    part.fanout_id = static_cast<std::uint32_t>(place);
    for (std::size_t entry = 0; entry < queues_.size(); ++entry) {
        part.entry = static_cast<std::uint8_t>(entry);
        queues_[entry].pending.push_back(part);
    }
}

void Worker::complete_part(const PendingOperation& part, Outcome outcome, Ticks sent, Ticks done,
                           std::uint32_t rows, pg::ResultPtr* answer) {
    auto& operation = fanouts_[part.fanout_id - 1];
    if (part.tries > 0) open_tries_.erase(open_tries_.find(part.first_sent));
    ++operation.outcomes[index_of(outcome)];
    if (outcome == Outcome::skipped) operation.not_sent.push_back(part.entry);
    const auto began = part.first_sent != 0 ? part.first_sent : sent;
    if (began != 0 && (operation.first_sent == 0 || began < operation.first_sent))
        operation.first_sent = began;
    operation.last_done = std::max(operation.last_done, done);
    operation.rows += rows;
    if (answer && *answer) operation.answers.emplace_back(std::move(*answer));
    if (--operation.parts_pending > 0) return;
    merge_fanout(std::exchange(operation, FanoutOperation()));
    free_fanout_slots_.push_back(part.fanout_id);
}

/// Called when the last part has its outcome. If any part was sent, the operation was; a write that
/// succeeded in some parts only is unknown.
void Worker::merge_fanout(FanoutOperation operation) {
    const auto parts = queues_.size();
    const auto count = [&](Outcome outcome) { return operation.outcomes[index_of(outcome)]; };
    auto outcome = Outcome::failed;
    for (const auto same : {Outcome::ok, Outcome::skipped})
        if (count(same) == parts) outcome = same;
    const bool is_split = outcome == Outcome::failed && count(Outcome::ok) > 0;
    if (count(Outcome::unknown) > 0 || (is_split && is_write_[operation.whole.kind]))
        outcome = Outcome::unknown;
    auto whole = operation.whole;
    whole.first_sent = operation.first_sent;
    if (outcome != Outcome::skipped)
        for (const auto entry : operation.not_sent)
            recorder_.error(whole.key, whole.kind, outcome, false, "", "not_sent",
                            plan_.entries[entry].name, operation.last_done,
                            "no connection to this entry in time, for a part of the operation");
    if (outcome == Outcome::ok && operation.answers.size() == parts) {
        Answer answer{whole.index,
                      whole.kind,
                      operation.first_sent,
                      operation.last_done,
                      std::move(operation.answers.front()),
                      {},
                      plan_.workload->operations()[whole.kind].merge_rule};
        for (std::size_t i = 1; i < parts; ++i)
            answer.others.push_back(std::move(operation.answers[i]));
        answers_.push_back(std::move(answer));
    }
    complete(whole, outcome, operation.first_sent, operation.last_done, operation.rows);
    free_queued_slot(outcome == Outcome::skipped ? Outcome::ok : outcome, operation.last_done);
}

/// The number of entries that a connection may use.
std::size_t Worker::choices() const {
    return clusters_.clusters() > 1 ? 1 : plan_.entries.size();
}

/// After a loss or a refusal the next attempt goes to another entry.
void Worker::move_on(ClientConnection& connection, Ticks now) {
    if (choices() == 1) return;
    connection.entry = entry_of_attempt(connection.preferred_entry, connection.turn,
                                        ++connection.attempt, choices());
    if (connection.entry == connection.preferred_entry) connection.attempt = 0;
    check_failback_at_ = std::min(check_failback_at_, now + check_failback_every);
    next_service_at_ = std::min(next_service_at_, check_failback_at_);
}

/// A ready connection that is not at its preferred entry; each call returns the next one.
ClientConnection* Worker::displaced_connection() {
    const auto first =
        std::find_if(connections_.begin(), connections_.end(),
                     [&](const auto& connection) { return connection.get() == probing_for_; });
    const auto begin = first == connections_.end() ? 0 : first - connections_.begin() + 1;
    for (std::size_t i = 0; i < connections_.size(); ++i) {
        auto& connection =
            connections_[(static_cast<std::size_t>(begin) + i) % connections_.size()];
        if (connection->attempt != 0 && connection->pipeline.state() == State::ready)
            return connection.get();
    }
    return nullptr;
}

/// Connections fail back one at a time, and only after the probe connection found that the entry
/// answers: no working connection is closed for an attempt. Returns when to check again.
Ticks Worker::check_failback(Ticks now) {
    if (now < check_failback_at_) return check_failback_at_;
    if (probe_connection_ && probe_connection_->pipeline.state() != State::closed) {
        if (now < probe_connection_->connect_deadline)
            return check_failback_at_ = probe_connection_->connect_deadline;
        end_probe(false, now);
        return check_failback_at_;
    }
    // The last one that failed back is not connected yet.
    if (probing_for_ && probing_for_->attempt == 0 &&
        probing_for_->pipeline.state() != State::ready)
        return check_failback_at_ = now + check_failback_every;
    const auto any_leaving = [](const auto& connection) { return connection->leaving; };
    const auto any_away = [](const auto& connection) { return connection->attempt != 0; };
    auto* connection = std::any_of(connections_.begin(), connections_.end(), any_leaving)
                           ? nullptr
                           : displaced_connection();
    if (!connection) {
        const bool done = std::none_of(connections_.begin(), connections_.end(), any_away);
        return check_failback_at_ = done ? never : now + check_failback_every;
    }
    static const std::vector<pg::Statement> nothing_to_prepare;
    probing_for_ = connection;
    probe_connection_ = std::make_unique<ClientConnection>(1, connection->preferred_entry, 0);
    probe_connection_->connect_deadline = now + std::min(plan_.timeout, probe_timeout);
    const auto& conninfo =
        plan_.entries[connection->preferred_entry].conninfo_for(cost_.reconnects);
    if (!probe_connection_->pipeline.open(conninfo, nothing_to_prepare)) {
        end_probe(false, now);
        return check_failback_at_;
    }
    poll_for(*probe_connection_);
    return check_failback_at_ = probe_connection_->connect_deadline;
}

void Worker::end_probe(bool entry_answers, Ticks now) {
    probe_connection_->pipeline.abandon([](const pg::Reply&) {});
    check_failback_at_ = now + check_failback_every;
    next_service_at_ = std::min(next_service_at_, check_failback_at_);
    auto& connection = *probing_for_;
    if (!entry_answers || connection.attempt == 0 || connection.pipeline.state() != State::ready)
        return;
    connection.leaving = true;
    if (connection.in_flight.empty()) fail_back(connection, now);
}

/// Nothing of it is in flight; its pending operations wait until it is connected again.
void Worker::fail_back(ClientConnection& connection, Ticks now) {
    connection.pipeline.abandon([](const pg::Reply&) {});
    connection.leaving = false;
    connection.was_ready = false;
    connection.attempt = 0;
    connection.entry = connection.preferred_entry;
    connection.polled_socket = -1;
    connection.connect_deadline = never;
    connection.failures = 0;
    connection.retry_at = now;
    next_service_at_ = 0;
}

} // namespace citusbench
