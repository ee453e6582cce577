#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "worker/backoff.hpp"
#include "worker/batch_queue.hpp"
#include "worker/canceller.hpp"
#include "worker/connection_events.hpp"
#include "worker/connection_pool.hpp"
#include "worker/dispatcher.hpp"
#include "worker/event_loop.hpp"
#include "worker/event_loop_stats.hpp"
#include "worker/fanouts.hpp"
#include "worker/load_plan.hpp"
#include "worker/load_priority.hpp"
#include "worker/operation_schedule.hpp"
#include "worker/outcome_recorder.hpp"
#include "worker/run_control.hpp"

namespace citusbench {

/// One thread of load: an epoll and many connections. It takes its share of the schedule, keeps the
/// connections alive, and counts. A server that fails does not end it.
///
/// It only connects its parts: operations go from the schedule to the dispatcher's queues and out
/// on the pool's connections; replies go to the recorder, or to the retries and back to a queue; in
/// a closed loop the end of an operation triggers the next one.
class Worker final : private ConnectionObserver {
  public:
    Worker(const LoadPlan& plan, unsigned thread, BatchQueue& batch_queue, Canceller& canceller);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() override = default;

    /// Opens and prepares all its connections, before the clock runs. Throws RunError with libpq's
    /// message if some cannot be opened within `timeout`.
    void connect(Ticks timeout, const std::atomic<bool>& stop);

    /// Loads until the clock's end and until the last operation has its outcome. Whatever happens,
    /// what it counted is in the queue afterwards. May be called again: the connections stay.
    void run(RunControl& control);

    /// Of all loads so far.
    WorkerCost cost() const;
    /// Of the last load.
    const LoopRecord& loop_record() const { return stats_.record(); }

  private:
    // worker.cpp: the loop
    void begin(RunControl& control);
    void loop();
    void start_slots(Ticks start);
    bool has_finished(Ticks now) const;
    Ticks next_wake(Ticks now) const;
    Ticks wait(Ticks until, Ticks now);
    void take_turn(Ticks now);
    void flush_batch(Ticks now, bool is_last);
    void abandon_everything(Ticks now);

    // worker_operations.cpp: passes operations from one part to the next
    void schedule_operation(Ticks intended, OperationQueue& queue);
    void enqueue(const PendingOperation& operation, OperationQueue& queue);
    void on_reply(ClientConnection& connection, const SentOperation& sent, const pg::Reply& reply,
                  Ticks done) override;
    std::optional<Outcome> classify_outcome(const ClientConnection& connection,
                                            const SentOperation& sent, const pg::Reply& reply,
                                            Ticks done);
    void complete_part(const PendingOperation& part, OperationQueue& queue,
                       const PartResult& result);
    void skip(const PendingOperation& operation, OperationQueue& queue, Ticks now);
    void free_slot(OperationQueue& queue, Outcome outcome, Ticks now);
    void on_ready(ClientConnection& connection) override;
    void on_lost(ClientConnection& connection) override;
    void on_closed(ClientConnection& connection) override;

    const LoadPlan& plan_;
    const unsigned thread_;
    BatchQueue& batch_queue_;
    RunControl* control_ = nullptr; ///< while it runs
    bool is_open_loop_ = false;
    LoadPriority priority_;
    EventLoopStats stats_;
    EventLoop events_;
    std::unique_ptr<Session> session_;
    ConnectionPool pool_;
    std::optional<Dispatcher> dispatcher_;      ///< of the load
    std::optional<OperationSchedule> schedule_; ///< of the load
    SlotBackoff backing_off_;
    RetrySchedule retries_;
    Fanouts fanouts_;
    OutcomeRecorder outcomes_;
    ConnectionEvents connection_events_;
    std::uint64_t reconnects_ = 0;
    Ticks flush_at_ = never;
};

} // namespace citusbench
