#include <algorithm>

#include "worker/worker.hpp"

namespace citusbench {
namespace {

constexpr Ticks shortest_connect_timeout = 1'000'000'000;
/// Attempts that begin in one turn of the loop: a storm of reconnects must not hold up the
/// schedule.
constexpr int opens_a_turn = 32;
/// Attempts under way at a time. Were all begun at once, with a server or a password that takes its
/// time most would meet their time limit, and begin again, for ever.
constexpr std::size_t most_opening = 64;

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
    return std::all_of(links_.begin(), links_.end(),
                       [](const auto& link) { return link->pipeline.state() == State::ready; });
}

/// Keeps epoll's view in step with what the connection waits for. libpq may change the socket while
/// it connects; a closed one leaves epoll by itself.
void Worker::poll_for(Link& link) const {
    const int socket = link.pipeline.socket();
    const std::uint32_t wanted = link.pipeline.wants_write() ? EPOLLIN | EPOLLOUT : EPOLLIN;
    if (socket < 0 || (socket == link.polled_socket && wanted == link.polled_events &&
                       link.pipeline.state() != State::connecting))
        return;
    epoll_event event{};
    event.events = wanted;
    event.data.ptr = &link;
    if (epoll_ctl(epoll_, EPOLL_CTL_MOD, socket, &event) < 0)
        epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
    link.polled_socket = socket;
    link.polled_events = wanted;
}

void Worker::open(Link& link, Ticks now) {
    link.retry_at = never;
    link.connect_deadline = now + std::max(plan_.timeout, shortest_connect_timeout);
    link.polled_socket = -1;
    open_at_ = std::max(open_at_, now - open_gap_) + open_gap_;
    link.opening = true;
    ++opening_;
    const auto& conninfo = plan_.entries[link.entry].conninfo_for(link.failures);
    if (link.pipeline.open(conninfo, plan_.statements))
        poll_for(link);
    else
        lose(link, now);
}

/// Whatever came of the attempt, another link may begin its own.
void Worker::end_opening(Link& link) {
    if (!link.opening) return;
    link.opening = false;
    --opening_;
    mend_at_ = 0;
}

void Worker::on_event(Link& link, std::uint32_t events) {
    const auto before = link.pipeline.state();
    if (before == State::closed) return; // lost earlier in this turn
    const bool broken = (events & (EPOLLERR | EPOLLHUP)) != 0;
    link.pipeline.on_event(
        broken || (events & EPOLLIN) != 0, broken || (events & EPOLLOUT) != 0,
        [&](const pg::Reply& reply) { on_reply(link, reply, link.pipeline.arrived()); });
    const auto after = link.pipeline.state();
    if (before != State::ready && &link == scout_.get()) {
        if (after == State::ready || after == State::closed)
            end_scouting(after == State::ready, now_ticks());
        else
            poll_for(link);
        return;
    }
    if (after == State::closed) {
        lose(link, now_ticks());
        return;
    }
    poll_for(link);
    if (after != State::ready) return;
    if (before != State::ready) {
        end_opening(link);
        link.connect_deadline = never;
        link.failures = 0;
        link.was_ready = true;
        link.room_since = link.pipeline.arrived();
        if (&link == scouting_for_) look_home_at_ = mend_at_ = 0; // another one may go home
        if (control_) {
            ++cost_.reconnects;
            note("connection_restored", link, "");
        }
    }
    if (control_) fill(link);
}

/// The outcome of an operation that did not end well; nothing if it is tried again.
std::optional<Outcome> Worker::judge(Link& link, const InFlight& flight, const pg::Reply& reply,
                                     Ticks done) {
    const auto& operation = flight.operation;
    const auto& kind = plan_.workload->operations()[operation.kind];
    // An id that is there already can only be that of an earlier try.
    if (operation.tries > 0 && kind.rows > 0 && reply.sqlstate == "23505") return Outcome::ok;
    auto ending = reply.ending;
    if (ending == pg::Ending::connection_lost && done - flight.sent >= plan_.timeout)
        ending = pg::Ending::deadline;
    auto outcome = pg::classify(ending, reply.sqlstate, kind.is_write, plan_.protocol);
    const bool again = try_again(link, flight, outcome, done);
    if (!again && operation.may_be_done) outcome = Outcome::unknown;
    recorder_.error(operation.key, operation.kind, outcome, again, reply.sqlstate,
                    pg::condition_name(ending, reply.sqlstate), plan_.entries[link.entry].name,
                    done, reply.message);
    if (again) return std::nullopt;
    return outcome;
}

/// A slot of a closed loop: its next operation, after a rest if the last one went wrong.
void Worker::free_slot(Link& link, Outcome outcome, Ticks now) {
    if (queued_) return free_queued_slot(outcome, now);
    if (now >= control_->clock.end()) return;
    if (outcome == Outcome::ok) {
        link.waiting.push(call_for(now));
        return;
    }
    ++link.resting;
    ++cost_.rests;
    resting_.emplace_back(now + rest_after_error, &link);
}

/// The same where a slot is no connection's.
void Worker::free_queued_slot(Outcome outcome, Ticks now) {
    if (is_open(plan_.arrival) || now >= control_->clock.end()) return;
    if (outcome == Outcome::ok) return enqueue(call_for(now));
    ++cost_.rests;
    resting_.emplace_back(now + rest_after_error, nullptr);
}

void Worker::on_reply(Link& link, const pg::Reply& reply, Ticks done) {
    const auto& flight = link.in_flight.pop(); // nothing is sent before this function ends
    const auto& operation = flight.operation;
    if (link.in_flight.size() + 1 == plan_.depth) link.room_since = done;
    const auto outcome = reply.ok ? std::optional(Outcome::ok) : judge(link, flight, reply, done);
    if (!outcome) return; // it is tried again
    if (operation.part_of != 0)
        return end_part(operation, *outcome, flight.sent, done, reply.rows,
                        flight.checked && reply.ok ? reply.result : nullptr);
    if (flight.checked && reply.ok && reply.result)
        answers_.push_back({operation.index, operation.kind, flight.sent, done,
                            pg::Result(std::move(*reply.result))});
    complete(operation, *outcome, flight.sent, done, reply.rows);
    free_slot(link, *outcome, done);
}

/// The connection is gone, whoever ended it: answers for what was in flight, plans the next
/// attempt.
void Worker::lose(Link& link, Ticks now) {
    link.pipeline.abandon([&](const pg::Reply& reply) { on_reply(link, reply, now_ticks()); });
    if (control_)
        note(link.was_ready ? "connection_lost" : "connection_refused", link,
             link.pipeline.failure());
    end_opening(link);
    link.was_ready = false;
    link.polled_socket = -1;
    link.connect_deadline = never;
    link.leaving = false;
    link.retry_at = now + backoff(link.failures++ / static_cast<unsigned>(choices()));
    move_on(link, now);
    mend_at_ = std::min(mend_at_, link.retry_at);
    if (!link.waiting.empty())
        mend_at_ = std::min(mend_at_, link.waiting.front().due + plan_.timeout);
}

/// Throws a connection away whose server did not answer in time, after asking it to cancel.
void Worker::give_up(Link& link, Ticks now) {
    if (link.pipeline.state() == State::ready && link.pipeline.in_flight() > 0) {
        canceller_.cancel(link.pipeline.get());
        lose(link, now);
    }
    if (now < control_->give_up.load(std::memory_order_relaxed)) return;
    while (!link.waiting.empty()) skip(link.waiting.pop(), now);
    skip_queued(now);
    drop_retries(now);
}

/// Runs about once a timeout while all is well: after it, nothing in flight can reach its deadline
/// before the oldest operation does.
void Worker::check_deadlines(Ticks now) {
    deadline_check_ = never;
    for (auto& link : links_) {
        if (link->in_flight.empty()) continue;
        const auto deadline = link->in_flight.front().sent + plan_.timeout;
        if (deadline <= now)
            give_up(*link, now);
        else
            deadline_check_ = std::min(deadline_check_, deadline);
    }
}

/// Attends to the links that are not ready: attempts, their time limits, operations that wait.
void Worker::mend_links(Ticks now) {
    mend_at_ = never;
    int opened = 0;
    for (auto& link : links_) {
        if (link->pipeline.state() == State::ready) continue;
        if (link->connect_deadline <= now) lose(*link, now);
        if (link->retry_at <= now && opening_ < most_opening && now >= open_at_ &&
            opened++ < opens_a_turn)
            open(*link, now);
        while (!link->waiting.empty() && link->waiting.front().due + plan_.timeout <= now) {
            skip(link->waiting.pop(), now);
            if (now < control_->clock.end()) link->waiting.push(call_for(now));
        }
        // end_opening() wakes those that wait for their turn to connect.
        const bool must_wait = link->retry_at <= now && opening_ >= most_opening;
        const auto retry_at = must_wait ? never : std::max(link->retry_at, open_at_);
        mend_at_ = std::min({mend_at_, retry_at, link->connect_deadline});
        if (!link->waiting.empty())
            mend_at_ = std::min(mend_at_, link->waiting.front().due + plan_.timeout);
    }
    if (look_home_at_ != never) mend_at_ = std::min(mend_at_, look_home(now));
}

} // namespace citusbench
