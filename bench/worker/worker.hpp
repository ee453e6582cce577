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
#include "worker/canceller.hpp"
#include "worker/link.hpp"
#include "worker/load_plan.hpp"
#include "worker/loop_watch.hpp"
#include "worker/mailbox.hpp"

namespace citusbench {

/// What the threads of a run share while it measures.
struct RunControl {
    explicit RunControl(Ticks start, Ticks measuring_starts)
        : clock(start), zero(measuring_starts) {}

    PhaseClock clock;
    Ticks zero; ///< of the run's clock: the start of measuring
    /// From here on nothing is waited for any more: what is in flight has missed its deadline, what
    /// waits is skipped. Set after Ctrl-C.
    std::atomic<Ticks> give_up{never};
    /// From here on operations that wait to be sent are skipped; what is in flight is waited for.
    std::atomic<Ticks> drop_waiting{never};
};

/// A worker's cost, for run.json.
struct WorkerCost {
    std::uint64_t completed = 0;
    std::uint64_t rests = 0;
    std::uint64_t retries = 0;
    std::uint64_t notices = 0;
    std::uint64_t reconnects = 0;
};

/// One thread of load: an epoll and many connections. It takes its share of the schedule, keeps the
/// connections alive, and counts. Nothing in it ends because a server did.
class Worker {
  public:
    Worker(const LoadPlan& plan, unsigned thread, Mailbox& mailbox, Canceller& canceller);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Opens and prepares all its connections, before the clock runs. Throws RunError with libpq's
    /// message when some cannot be had within `patience`.
    void connect(Ticks patience, const std::atomic<bool>& stop);

    /// Loads until the clock's end and until the last operation has its outcome. Whatever happens,
    /// what it counted is in the mailbox afterwards.
    void run(RunControl& control);

    const WorkerCost& cost() const { return cost_; }
    const LoopRecord& loop_record() const { return watch_.record(); }

  private:
    // worker.cpp: the loop and its clock
    void loop();
    bool finished(Ticks now) const;
    Ticks next_wake(Ticks now) const;
    /// Sleeps until then or until a socket has something, and attends to the sockets. When it woke.
    Ticks wait(Ticks until, Ticks now);
    void turn(Ticks now);
    void hand_over(Ticks now);
    Ticks oldest_sent(Ticks now) const;
    void tell_notes(Delivery& delivery);
    WindowKey key_of(Ticks intended);
    void note(const std::string& kind, const Link& link, const std::string& detail);

    // worker_schedule.cpp: which operation when
    Waiting call_for(Ticks intended);
    void enqueue(const Waiting& operation);
    void start_links();
    void take_arrivals(Ticks now);
    void wake_rested(Ticks now);
    void skip(const Waiting& operation, Ticks now);
    void complete(const Waiting& operation, Outcome outcome, Ticks sent, Ticks done,
                  std::uint32_t rows);
    bool try_again(Link& link, const InFlight& flight, Outcome outcome, Ticks now);
    void wake_retries(Ticks now);
    void drop_retries(Ticks now);
    void fill(Link& link);
    void dispatch(EntryQueue& queue);
    static void list(Link& link);
    bool send_batch(Link& link, std::size_t count);
    void flush(Link& link);
    void note_send_lag(Ticks ready, Ticks sent);
    const Waiting& first_waiting(Link& link) const;
    void drop_first_waiting(Link& link) const;
    void settle_all(Ticks now);

    // worker_links.cpp: connections and replies
    void open(Link& link, Ticks now);
    void end_opening(Link& link);
    void poll_for(Link& link) const;
    void on_event(Link& link, std::uint32_t events);
    Ticks backoff(unsigned failures);
    std::optional<Outcome> judge(Link& link, const InFlight& flight, const pg::Reply& reply,
                                 Ticks done);
    void free_slot(Link& link, Outcome outcome, Ticks now);
    void free_queued_slot(Outcome outcome, Ticks now);
    void on_reply(Link& link, const pg::Reply& reply, Ticks done);
    void lose(Link& link, Ticks now);
    void give_up(Link& link, Ticks now);
    void check_deadlines(Ticks now);
    void mend_links(Ticks now);
    bool all_ready() const;

    // worker_entries.cpp: several entries, and operations that concern all of them
    void make_links();
    EntryQueue& queue_of(const Waiting& operation);
    void serve_queues(Ticks now);
    void expire(EntryQueue& queue, Ticks now);
    void skip_queued(Ticks now);
    std::uint32_t cell_by_entry(const Waiting& operation) const;
    void scatter(const Waiting& operation);
    void end_part(const Waiting& part, Outcome outcome, Ticks sent, Ticks done, std::uint32_t rows,
                  pg::ResultPtr* answer);
    void gather(ScatteredOperation operation);
    std::size_t choices() const;
    void move_on(Link& link, Ticks now);
    Link* displaced_link();
    Ticks look_home(Ticks now);
    void end_scouting(bool home_answers, Ticks now);
    void go_home(Link& link, Ticks now);

    const LoadPlan& plan_;
    const unsigned thread_;
    Mailbox& mailbox_;
    Canceller& canceller_;
    RunControl* control_ = nullptr;
    int epoll_ = -1;
    std::vector<std::unique_ptr<Link>> links_;
    std::vector<epoll_event> events_;
    Recorder recorder_;
    std::unique_ptr<Session> session_;
    WeightedChoice kinds_;
    std::unique_ptr<ArrivalSchedule> arrivals_;
    Operation operation_;
    std::uint64_t next_index_;
    std::size_t outstanding_ = 0; ///< called for and without an outcome
    Ticks open_gap_ = 0;          ///< between two attempts to connect, --connect-rate
    Ticks open_at_ = 0;           ///< no attempt before
    std::size_t opening_ = 0;     ///< links whose attempt to connect is under way

    const ClusterMap clusters_; ///< of one cluster, unless operations are routed by key
    /// Operations wait in queues: in an open loop, and where their key says where they go.
    const bool queued_;
    std::vector<EntryQueue> queues_;              ///< one for each cluster
    std::deque<ScatteredOperation> scattered_;    ///< under way, and free places
    std::vector<std::size_t> free_places_;        ///< numbers as of Waiting::part_of
    std::unique_ptr<Link> scout_;                 ///< looks whether an entry is back
    Link* scouting_for_ = nullptr;                ///< one of those that belong there
    Ticks look_home_at_ = never;                  ///< while links are not where they belong
    std::vector<Link*> unflushed_;                ///< while operations are dispatched
    std::deque<std::pair<Ticks, Link*>> resting_; ///< closed loop: when a slot wakes
    struct Retry {
        Waiting operation;
        Link* link;
    };
    std::multimap<Ticks, Retry> retrying_; ///< by the time of their next try
    std::multiset<Ticks> open_tries_;      ///< first sends of operations between two tries
    std::vector<char> is_write_;           ///< by operation kind
    std::vector<Completion> completions_;  ///< since the last hand-over
    std::vector<Answer> answers_;          ///< to be judged, since the last hand-over
    Ticks deadline_check_ = never;
    Ticks mend_at_ = never;
    Ticks hand_over_at_ = never;
    Ticks tell_notes_at_ = 0;
    Random jitter_;

    // The window that the last intended time fell into.
    Ticks key_from_ = 0;
    Ticks key_to_ = 0;
    std::size_t key_segments_ = 0;
    WindowKey key_;

    /// Connection events of the same kind are told once a second, with their number.
    struct Note {
        std::uint64_t count = 0;
        Ticks first = 0;
        std::string detail;
    };
    std::map<std::pair<std::string, std::string>, Note> notes_;
    WorkerCost cost_;
    LoopWatch watch_;
};

} // namespace citusbench
