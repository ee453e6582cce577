#pragma once

#include <limits>
#include <vector>

#include "worker/connection_pool.hpp"
#include "worker/event_loop_stats.hpp"
#include "worker/load_plan.hpp"
#include "worker/operation_queue.hpp"
#include "workload/workload.hpp"

namespace citusbench {

/// Sends the operations that wait in queues on the connections of a pool, in batches. Connections
/// share queues in an open loop (one queue) and with routing by key (one queue for each entry); in
/// any other closed loop each connection has its own. Operations in a shared queue leave with
/// serve_all(), at the end of an iteration; those in a connection's own queue leave with offer() or
/// serve().
class Dispatcher {
  public:
    /// Gives each of the pool's connections its queue. Keeps references.
    Dispatcher(const LoadPlan& plan, bool is_open_loop, Session& session, ConnectionPool& pool,
               EventLoopStats& stats);

    /// Operations sent before the measuring starts do not count in `stats`.
    void set_measuring_start(Ticks start) { measuring_start_ = start; }

    bool is_shared() const { return is_shared_; }
    /// The shared queue of this cluster's connections.
    OperationQueue& shared_queue(std::size_t cluster) { return queues_[cluster]; }
    std::size_t queues() const { return queues_.size(); }

    /// An operation was put into the queue, or one ended and made room: sends what it can from a
    /// connection's own queue.
    void serve(OperationQueue& queue) {
        if (queue.owner) offer(*queue.owner);
    }
    /// The connection may have room: it takes from its own queue at once, or is listed for a shared
    /// one. A leaving connection without operations in flight fails back.
    void offer(ClientConnection& connection);
    /// Sends from the shared queues.
    void serve_all();
    /// This connection is closed now: expire_pending() must check the operations that wait for it
    /// alone.
    void on_closed(const ClientConnection& connection);

    /// Takes out what has waited longer than the timeout for a connection, and calls
    /// on_expired(operation, queue) for each; with `drop`, all that waits in shared queues.
    template <typename OnExpired>
    void expire_pending(Ticks now, bool drop, OnExpired&& on_expired);
    /// When the next operation expires.
    Ticks next_expiry() const;
    /// Takes out all that waits, as expire_pending() does.
    template <typename OnTaken>
    void drain(OnTaken&& on_taken);

  private:
    static void list(ClientConnection& connection);
    void fill(ClientConnection& connection);
    void serve_shared(OperationQueue& queue);
    bool send_batch(ClientConnection& connection, std::size_t count);
    void flush(ClientConnection& connection);

    const LoadPlan& plan_;
    Session& session_;
    ConnectionPool& pool_;
    EventLoopStats& stats_;
    const bool is_shared_;
    std::vector<OperationQueue> queues_; ///< by cluster if shared, else by connection
    std::vector<ClientConnection*> unflushed_;
    Operation operation_;
    Ticks measuring_start_ = never;
    Ticks expiry_at_ = never; ///< of what waits in own queues of closed connections
};

template <typename OnExpired>
void Dispatcher::expire_pending(Ticks now, bool drop, OnExpired&& on_expired) {
    if (!is_shared_ && now < expiry_at_) return;
    expiry_at_ = never;
    const auto due = is_shared_ && drop ? std::numeric_limits<Ticks>::max() : now - plan_.timeout;
    for (auto& queue : queues_) {
        if (queue.pending.empty() || (queue.owner && queue.owner->is_ready())) continue;
        queue.expire_pending(
            due, [&](const PendingOperation& operation) { on_expired(operation, queue); });
        if (queue.owner) on_closed(*queue.owner);
    }
}

template <typename OnTaken>
void Dispatcher::drain(OnTaken&& on_taken) {
    for (auto& queue : queues_)
        queue.expire_pending(
            std::numeric_limits<Ticks>::max(),
            [&](const PendingOperation& operation) { on_taken(operation, queue); });
}

} // namespace citusbench
