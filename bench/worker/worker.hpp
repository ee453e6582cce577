#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/random.hpp"
#include "load/phase_clock.hpp"
#include "topology/cluster_map.hpp"
#include "worker/batch_queue.hpp"
#include "worker/canceller.hpp"
#include "worker/client_connection.hpp"
#include "worker/event_loop_stats.hpp"
#include "worker/load_plan.hpp"

namespace citusbench {

/// What the threads of a run share while it measures.
struct RunControl {
    explicit RunControl(Ticks start, Ticks measuring_starts)
        : clock(start), zero(measuring_starts) {}

    PhaseClock clock;
    Ticks zero; ///< of the run's clock: the start of measuring
    /// From then on every operation in flight counts as past its deadline, and pending ones are
    /// skipped. Set after Ctrl-C.
    std::atomic<Ticks> abort_at{never};
    /// From then on pending operations are skipped; those in flight still get their time.
    std::atomic<Ticks> drop_pending{never};
};

/// A worker's cost, for run.json.
struct WorkerCost {
    std::uint64_t completed = 0;
    std::uint64_t backoffs = 0;
    std::uint64_t retries = 0;
    std::uint64_t notices = 0;
    std::uint64_t reconnects = 0;
};

/// One thread of load: an epoll and many connections. It takes its share of the schedule, keeps the
/// connections alive, and counts. A server that fails does not end it.
class Worker {
  public:
    Worker(const LoadPlan& plan, unsigned thread, BatchQueue& batch_queue, Canceller& canceller);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Opens and prepares all its connections, before the clock runs. Throws RunError with libpq's
    /// message when some cannot be had within `timeout`.
    void connect(Ticks timeout, const std::atomic<bool>& stop);

    /// Loads until the clock's end and until the last operation has its outcome. Whatever happens,
    /// what it counted is in the queue afterwards.
    void run(RunControl& control);

    const WorkerCost& cost() const { return cost_; }
    const LoopRecord& loop_record() const { return watch_.record(); }

  private:
    // worker.cpp: the loop and its clock
    void loop();
    bool finished(Ticks now) const;
    Ticks next_wake(Ticks now) const;
    /// Sleeps until then or until a socket event, and handles the events. Returns when it woke.
    Ticks wait(Ticks until, Ticks now);
    void turn(Ticks now);
    void flush_batch(Ticks now);
    Ticks oldest_sent(Ticks now) const;
    void emit_notes(WorkerBatch& batch);
    WindowKey key_of(Ticks intended);
    void note(const std::string& kind, const ClientConnection& connection,
              const std::string& detail);

    // worker_schedule.cpp: which operation when
    PendingOperation schedule_operation(Ticks intended);
    void enqueue(const PendingOperation& operation);
    void start_connections();
    void take_arrivals(Ticks now);
    void end_backoffs(Ticks now);
    void skip(const PendingOperation& operation, Ticks now);
    void complete(const PendingOperation& operation, Outcome outcome, Ticks sent, Ticks done,
                  std::uint32_t rows);
    bool try_again(ClientConnection& connection, const InFlight& flight, Outcome outcome,
                   Ticks now);
    void wake_retries(Ticks now);
    void drop_retries(Ticks now);
    void fill(ClientConnection& connection);
    void dispatch(EntryQueue& queue);
    static void list(ClientConnection& connection);
    bool send_batch(ClientConnection& connection, std::size_t count);
    void flush(ClientConnection& connection);
    void note_send_lag(Ticks ready, Ticks sent);
    const PendingOperation& first_pending(ClientConnection& connection) const;
    void drop_first_pending(ClientConnection& connection) const;
    void complete_all(Ticks now);

    // worker_links.cpp: connections and replies
    void open(ClientConnection& connection, Ticks now);
    void end_opening(ClientConnection& connection);
    void poll_for(ClientConnection& connection) const;
    void on_event(ClientConnection& connection, std::uint32_t events);
    Ticks backoff(unsigned failures);
    std::optional<Outcome> classify_outcome(ClientConnection& connection, const InFlight& flight,
                                            const pg::Reply& reply, Ticks done);
    void free_slot(ClientConnection& connection, Outcome outcome, Ticks now);
    void free_queued_slot(Outcome outcome, Ticks now);
    void on_reply(ClientConnection& connection, const pg::Reply& reply, Ticks done);
    void on_connection_lost(ClientConnection& connection, Ticks now);
    void abort_connection(ClientConnection& connection, Ticks now);
    void check_deadlines(Ticks now);
    void service_connections(Ticks now);
    bool all_ready() const;

    // worker_entries.cpp: several entries, and operations that concern all of them
    void make_connections();
    EntryQueue& queue_of(const PendingOperation& operation);
    void serve_queues(Ticks now);
    void expire_pending(EntryQueue& queue, Ticks now);
    void skip_queued(Ticks now);
    std::uint32_t cell_by_entry(const PendingOperation& operation) const;
    void fan_out(const PendingOperation& operation);
    void complete_part(const PendingOperation& part, Outcome outcome, Ticks sent, Ticks done,
                       std::uint32_t rows, pg::ResultPtr* answer);
    void merge_fanout(FanoutOperation operation);
    std::size_t choices() const;
    void move_on(ClientConnection& connection, Ticks now);
    ClientConnection* displaced_connection();
    Ticks check_failback(Ticks now);
    void end_probe(bool entry_answers, Ticks now);
    void fail_back(ClientConnection& connection, Ticks now);

    const LoadPlan& plan_;
    const unsigned thread_;
    BatchQueue& batch_queue_;
    Canceller& canceller_;
    RunControl* control_ = nullptr;
    int epoll_ = -1;
    std::vector<std::unique_ptr<ClientConnection>> connections_;
    std::vector<epoll_event> events_;
    Recorder recorder_;
    std::unique_ptr<Session> session_;
    WeightedChoice kinds_;
    std::unique_ptr<ArrivalSchedule> arrivals_;
    Operation operation_;
    std::uint64_t next_index_;
    std::size_t outstanding_ = 0; ///< scheduled and without an outcome
    Ticks open_gap_ = 0;          ///< between two attempts to connect, --connect-rate
    Ticks open_at_ = 0;           ///< no attempt before
    std::size_t opening_ = 0;     ///< connections whose attempt to connect is under way

    const ClusterMap clusters_; ///< of one cluster, unless operations are routed by key
    /// Operations wait in queues in an open loop, and where their key decides the entry.
    const bool queued_;
    std::vector<EntryQueue> queues_;                     ///< one for each cluster
    std::deque<FanoutOperation> fanouts_;                ///< in progress, and free slots
    std::vector<std::size_t> free_fanout_slots_;         ///< values of PendingOperation::fanout_id
    std::unique_ptr<ClientConnection> probe_connection_; ///< checks whether an entry answers again
    ClientConnection* probing_for_ = nullptr;            ///< a connection that prefers that entry
    Ticks check_failback_at_ = never; ///< while connections are not at their preferred entries
    std::vector<ClientConnection*> unflushed_; ///< while operations are dispatched
    std::deque<std::pair<Ticks, ClientConnection*>>
        backing_off_; ///< closed loop: when each slot continues
    struct Retry {
        PendingOperation operation;
        ClientConnection* connection;
    };
    std::multimap<Ticks, Retry> retrying_; ///< by the time of their next try
    std::multiset<Ticks> open_tries_;      ///< first sends of operations between two tries
    std::vector<char> is_write_;           ///< by operation kind
    std::vector<Completion> completions_;  ///< since the last flush_batch()
    std::vector<Answer> answers_;          ///< to be checked, since the last flush_batch()
    Ticks deadline_check_ = never;
    Ticks next_service_at_ = never;
    Ticks flush_batch_at_ = never;
    Ticks emit_notes_at_ = 0;
    Random jitter_;

    // The window that the last intended time fell into.
    Ticks key_from_ = 0;
    Ticks key_to_ = 0;
    std::size_t key_segments_ = 0;
    WindowKey key_;

    /// Connection events of the same kind are emitted once a second, with their number.
    struct Note {
        std::uint64_t count = 0;
        Ticks first = 0;
        std::string detail;
    };
    std::map<std::pair<std::string, std::string>, Note> notes_;
    WorkerCost cost_;
    EventLoopStats watch_;
};

} // namespace citusbench
