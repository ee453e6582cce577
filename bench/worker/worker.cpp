#include "worker/worker.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"

namespace citusbench {
namespace {

constexpr Ticks max_sleep = 50'000'000; // so that a new end of the run is soon noticed
constexpr Ticks flush_batch_every = 100'000'000;
constexpr Ticks emit_notes_every = 1'000'000'000;
/// What has arrived meanwhile, and what is due, waits for a turn to end.
constexpr std::size_t events_a_turn = 64;
constexpr int preferred_niceness = -10; // of a thread of load alone, on Linux

/// epoll_pwait2, or on a kernel before 5.11 the same in two calls: epoll_wait alone knows no less
/// than milliseconds. -1 with errno.
int wait_for_events(int epoll, std::vector<epoll_event>& events, const timespec& timeout) {
    const auto most = static_cast<int>(events.size());
    static std::atomic<bool> is_known = true;
    if (is_known.load(std::memory_order_relaxed)) {
        const int count = epoll_pwait2(epoll, events.data(), most, &timeout, nullptr);
        if (count >= 0 || errno != ENOSYS) return count;
        is_known.store(false, std::memory_order_relaxed);
    }
    pollfd ready{epoll, POLLIN, 0};
    const int count = ppoll(&ready, 1, &timeout, nullptr);
    return count <= 0 ? count : epoll_wait(epoll, events.data(), most, 0);
}

} // namespace

Worker::Worker(const LoadPlan& plan, unsigned thread, BatchQueue& batch_queue, Canceller& canceller)
    : plan_(plan), thread_(thread), batch_queue_(batch_queue), canceller_(canceller),
      epoll_(epoll_create1(EPOLL_CLOEXEC)), events_(events_a_turn), recorder_(plan.cells()),
      session_(plan.workload->session(plan.identity)), kinds_(plan.weights),
      next_index_(plan.first_index + plan.slice.thread_index(thread)), clusters_(plan.clusters()),
      queued_(is_open(plan.arrival) || clusters_.clusters() > 1), queues_(clusters_.clusters()),
      jitter_(plan.seed, 0x71773e5ULL, thread) {
    for (const auto& kind : plan.workload->operations()) is_write_.push_back(kind.is_write ? 1 : 0);
    if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
    if (plan.connect_rate > 0)
        open_gap_ = static_cast<Ticks>(1e9 * plan.threads / plan.connect_rate);
    make_connections();
}

Worker::~Worker() {
    close(epoll_);
}

void Worker::connect(Ticks timeout, const std::atomic<bool>& stop) {
    const auto deadline = now_ticks() + timeout;
    for (auto& connection : connections_) connection->retry_at = 0;
    next_service_at_ = 0;
    while (!all_ready() && !stop.load(std::memory_order_relaxed)) {
        const auto now = now_ticks();
        if (now > deadline) {
            const auto bad =
                std::find_if(connections_.begin(), connections_.end(), [](const auto& connection) {
                    return connection->pipeline.state() != pg::Pipeline::State::ready;
                });
            const auto& pipeline = (*bad)->pipeline;
            // Two of ours share a connection then, and prepare the same names.
            const bool is_pooled = pipeline.failure_sqlstate() == "42P05";
            throw RunError(fmt::format(
                "could not open all {} connections to {}: {}{}", plan_.connections,
                plan_.entries[(*bad)->entry].name, pipeline.failure(),
                is_pooled ? "; a pooler lends connections by transaction there: use --protocol "
                            "extended"
                          : ""));
        }
        wait(std::min(next_service_at_, now + max_sleep), now);
        const auto woken = now_ticks();
        if (woken >= next_service_at_) service_connections(woken);
    }
    notes_.clear();
}

void Worker::run(RunControl& control) {
    control_ = &control;
    // Sleeps end up to 50 µs late by default, too coarse for intended times.
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    // Where servers share the machine, the wait for a core would look like their latency. Not
    // everybody may do this; the send lag shows what came of it.
    setpriority(PRIO_PROCESS, 0, preferred_niceness);
    std::exception_ptr failure;
    try {
        loop();
    } catch (...) {
        failure = std::current_exception();
        complete_all(now_ticks());
    }
    watch_.end();
    for (const auto& connection : connections_) cost_.notices += connection->pipeline.notices();
    emit_notes_at_ = 0;
    flush_batch(never);
    if (failure) std::rethrow_exception(failure);
}

void Worker::loop() {
    const auto start = control_->clock.begin_of(0);
    arrivals_ = std::make_unique<ArrivalSchedule>(
        plan_.arrival, start, plan_.slice.thread_index(thread_),
        plan_.slice.thread_count(plan_.threads), plan_.seed ^ plan_.identity.run);
    flush_batch_at_ = start + flush_batch_every;
    for (auto now = now_ticks(); now < start; now = now_ticks()) wait(start, now);
    for (auto& connection : connections_) connection->room_since = start;
    start_connections();
    auto now = now_ticks();
    watch_.begin(now);
    while (!finished(now)) {
        const auto woken = wait(next_wake(now), now);
        turn(woken);
        now = now_ticks();
        watch_.on_iteration(woken, now);
    }
}

bool Worker::finished(Ticks now) const {
    const auto end = control_->clock.end();
    return outstanding_ == 0 && now >= end && arrivals_->next() >= end;
}

Ticks Worker::next_wake(Ticks now) const {
    auto wake = std::min({now + max_sleep, deadline_check_, next_service_at_, flush_batch_at_,
                          control_->abort_at.load(std::memory_order_relaxed)});
    // Once the schedule has ended, its next arrival is nobody's.
    if (arrivals_->next() < control_->clock.end()) wake = std::min(wake, arrivals_->next());
    if (!backing_off_.empty()) wake = std::min(wake, backing_off_.front().first);
    if (!retrying_.empty()) wake = std::min(wake, retrying_.begin()->first);
    for (const auto& queue : queues_)
        if (!queue.pending.empty())
            wake = std::min(wake, queue.pending.front().due + plan_.timeout);
    return wake;
}

Ticks Worker::wait(Ticks until, Ticks now) {
    const auto left = std::max<Ticks>(until - now, 0);
    const timespec timeout{left / 1'000'000'000, left % 1'000'000'000};
    const int count = wait_for_events(epoll_, events_, timeout);
    if (count < 0 && errno != EINTR)
        throw std::system_error(errno, std::generic_category(), "waiting for events");
    const auto woken = now_ticks();
    if (count == 0 && left > 0) watch_.on_wakeup(until, woken);
    for (int i = 0; i < count; ++i) {
        const auto& event = events_[static_cast<std::size_t>(i)];
        on_event(*static_cast<ClientConnection*>(event.data.ptr), event.events);
    }
    return woken;
}

void Worker::turn(Ticks now) {
    take_arrivals(now);
    end_backoffs(now);
    wake_retries(now);
    if (now >= deadline_check_) check_deadlines(now);
    if (now >= next_service_at_) service_connections(now);
    if (queued_) serve_queues(now);
    if (now >= flush_batch_at_) {
        flush_batch(now);
        flush_batch_at_ = now + flush_batch_every;
    }
    if (now >= control_->abort_at.load(std::memory_order_relaxed))
        for (auto& connection : connections_) abort_connection(*connection, now);
}

void Worker::flush_batch(Ticks now) {
    WorkerBatch batch;
    batch.windows = recorder_.take();
    if (now >= emit_notes_at_) {
        emit_notes(batch);
        emit_notes_at_ = now + emit_notes_every;
    }
    batch.completions = std::exchange(completions_, {});
    batch.answers = std::exchange(answers_, {});
    batch.thread = thread_;
    batch.until = now;
    batch.complete_until = oldest_sent(now);
    batch_queue_.put(std::move(batch));
}

/// When the oldest operation was sent that has no outcome yet; `now` if all have one.
Ticks Worker::oldest_sent(Ticks now) const {
    auto oldest = now;
    for (const auto& connection : connections_)
        if (!connection->in_flight.empty())
            oldest = std::min(oldest, connection->in_flight.front().operation.first_sent);
    for (const auto& operation : fanouts_)
        if (operation.parts_pending > 0 && operation.first_sent != 0)
            oldest = std::min(oldest, operation.first_sent);
    return open_tries_.empty() ? oldest : std::min(oldest, *open_tries_.begin());
}

void Worker::emit_notes(WorkerBatch& batch) {
    for (auto& [what, seen] : notes_) {
        const auto detail =
            seen.count == 1 ? seen.detail : fmt::format("{} times: {}", seen.count, seen.detail);
        batch.events.push_back({seen.first, what.first, what.second, detail});
    }
    notes_.clear();
}

void Worker::note(const std::string& kind, const ClientConnection& connection,
                  const std::string& detail) {
    auto& seen = notes_[{kind, plan_.entries[connection.entry].name}];
    if (seen.count++ == 0) {
        seen.first = now_ticks();
        seen.detail = detail;
    }
}

WindowKey Worker::key_of(Ticks intended) {
    const auto segments = control_->clock.segments();
    if (intended >= key_from_ && intended < key_to_ && segments == key_segments_) return key_;
    const auto offset = intended - control_->zero;
    auto interval = offset / plan_.interval;
    if (offset < 0 && offset % plan_.interval != 0) --interval;
    const auto segment = control_->clock.segment_at(intended);
    const auto interval_from = control_->zero + interval * plan_.interval;
    key_from_ = std::max(interval_from, control_->clock.begin_of(segment));
    key_to_ = std::min(interval_from + plan_.interval, control_->clock.end_of(segment));
    key_segments_ = segments;
    key_ = {static_cast<std::uint32_t>(segment), static_cast<std::int32_t>(interval)};
    return key_;
}

} // namespace citusbench
