#include "worker/worker.hpp"

#include <sys/prctl.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"

namespace citusbench {
namespace {

constexpr Ticks max_sleep = 50'000'000; // so that a new end of the run is soon noticed
constexpr Ticks flush_every = 100'000'000;

[[noreturn]] void throw_not_ready(const LoadPlan& plan, const ClientConnection& connection) {
    const auto& pipeline = connection.pipeline;
    // Then two of our connections share a server connection and prepare the same names.
    const bool is_pooled = pipeline.failure_sqlstate() == "42P05";
    throw RunError(fmt::format(
        "could not open all {} connections to {}: {}{}", plan.connections,
        plan.entries[connection.placement.entry].name, pipeline.failure(),
        is_pooled ? "; a pooler in transaction mode is there: use --protocol extended" : ""));
}

} // namespace

Worker::Worker(const LoadPlan& plan, unsigned thread, BatchQueue& batch_queue, Canceller& canceller)
    : plan_(plan), thread_(thread), batch_queue_(batch_queue), events_(stats_),
      session_(plan.workload->session(plan.identity)),
      pool_(plan, thread, events_, canceller, *this),
      retries_(plan.retries, Backoff(plan.seed, 0x2e72135ULL, thread)), fanouts_(plan.clusters()),
      outcomes_(plan) {}

void Worker::connect(Ticks timeout, const std::atomic<bool>& stop) {
    const auto deadline = now_ticks() + timeout;
    pool_.open_all();
    while (!pool_.all_ready() && !stop.load(std::memory_order_relaxed)) {
        const auto now = now_ticks();
        if (now > deadline) throw_not_ready(plan_, *pool_.first_not_ready());
        pool_.service(wait(std::min(pool_.next_at(), now + max_sleep), now));
    }
}

void Worker::begin(RunControl& control) {
    control_ = &control;
    is_open_loop_ = is_open(control.arrival);
    outcomes_.begin(control.clock);
    schedule_.emplace(plan_, thread_, control, *session_);
    dispatcher_.emplace(plan_, is_open_loop_, *session_, pool_, stats_);
    dispatcher_->set_measuring_start(control.zero);
    // Sleeps end up to 50 µs late by default, too coarse for intended times.
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    priority_.raise(is_open_loop_);
}

void Worker::run(RunControl& control) {
    begin(control);
    std::exception_ptr failure;
    try {
        loop();
    } catch (...) {
        failure = std::current_exception();
        control_->clock.cut(now_ticks());
        pool_.close_all();
        abandon_everything(now_ticks());
    }
    stats_.end(priority_.is_realtime());
    backing_off_.clear();
    flush_batch(now_ticks(), true);
    control_ = nullptr;
    if (failure) std::rethrow_exception(failure);
}

WorkerCost Worker::cost() const {
    return {outcomes_.count(), backing_off_.count(), retries_.count(), pool_.notices(),
            reconnects_};
}

void Worker::loop() {
    const auto start = control_->clock.begin_of(0);
    flush_at_ = start + flush_every;
    for (auto now = now_ticks(); now < start; now = now_ticks()) wait(start, now);
    start_slots(start);
    auto now = now_ticks();
    stats_.begin(now);
    while (!has_finished(now)) {
        const auto woken = wait(next_wake(now), now);
        take_turn(woken);
        now = now_ticks();
        stats_.on_iteration(woken, now);
    }
}

/// In a closed loop every slot has its first operation at once.
void Worker::start_slots(Ticks start) {
    for (const auto& connection : pool_.connections()) {
        connection->room_since = start;
        for (std::size_t i = 0; i < plan_.depth && !is_open_loop_; ++i)
            schedule_operation(start, *connection->queue);
        dispatcher_->offer(*connection);
    }
    dispatcher_->serve_all();
}

bool Worker::has_finished(Ticks now) const {
    return outcomes_.outstanding() == 0 && schedule_->has_ended(now) &&
           schedule_->next_arrival() == never;
}

Ticks Worker::next_wake(Ticks now) const {
    return std::min({now + max_sleep, flush_at_, pool_.next_at(), schedule_->next_arrival(),
                     backing_off_.next_at(), retries_.next_at(), dispatcher_->next_expiry(),
                     control_->abort_at.load(std::memory_order_relaxed)});
}

/// Sleeps until then or until a socket event, and handles the events. Returns when it woke.
Ticks Worker::wait(Ticks until, Ticks now) {
    return events_.wait(until, now, [&](void* owner, std::uint32_t events) {
        auto& connection = *static_cast<ClientConnection*>(owner);
        const auto answer = [&](const SentOperation& sent, const pg::Reply& reply) {
            Worker::on_reply(connection, sent, reply, connection.pipeline.arrived());
        };
        if (pool_.on_event(connection, events, answer) && control_) dispatcher_->offer(connection);
    });
}

void Worker::take_turn(Ticks now) {
    schedule_->take_arrivals(now, [&](const PendingOperation& operation) {
        outcomes_.scheduled(operation);
        enqueue(operation, dispatcher_->shared_queue(0));
    });
    backing_off_.wake(now, [&](OperationQueue& queue, Ticks due) {
        if (!schedule_->has_ended(due)) schedule_operation(due, queue);
        dispatcher_->serve(queue);
    });
    retries_.wake(now, [&](OperationQueue& queue) { dispatcher_->serve(queue); });
    if (now >= pool_.next_at()) pool_.service(now);
    const bool drop = now >= control_->drop_pending.load(std::memory_order_relaxed);
    dispatcher_->expire_pending(now, drop,
                                [&](const PendingOperation& operation, OperationQueue& queue) {
                                    skip(operation, queue, now);
                                });
    if (dispatcher_->is_shared()) dispatcher_->serve_all();
    if (now >= flush_at_) {
        flush_batch(now, false);
        priority_.on_busy(stats_.last_share());
        flush_at_ = now + flush_every;
    }
    if (now >= control_->abort_at.load(std::memory_order_relaxed)) abandon_everything(now);
}

void Worker::flush_batch(Ticks now, bool is_last) {
    WorkerBatch batch;
    outcomes_.take(batch);
    batch.events = connection_events_.take(is_last ? never : now);
    batch.thread = thread_;
    batch.until = now;
    batch.complete_until =
        std::min({pool_.oldest_sent(now), fanouts_.oldest_sent(now), retries_.oldest_sent(now)});
    batch_queue_.put(std::move(batch));
}

/// Gives every pending operation an outcome. The clock has reached its end, so no further operation
/// follows.
void Worker::abandon_everything(Ticks now) {
    for (const auto& connection : pool_.connections()) pool_.abort_connection(*connection, now);
    const auto skip_now = [&](const PendingOperation& operation, OperationQueue& queue) {
        skip(operation, queue, now);
    };
    dispatcher_->drain(skip_now);
    retries_.drop(skip_now);
}

} // namespace citusbench
