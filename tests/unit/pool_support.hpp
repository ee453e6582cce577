#pragma once

#include <string>
#include <vector>

#include "support/null_load.hpp"
#include "support/null_server.hpp"
#include "worker/connection_pool.hpp"
#include "worker/dispatcher.hpp"

namespace citusbench::test {

/// Remembers the notifications of a pool.
struct PoolObserver final : ConnectionObserver {
    void on_reply(ClientConnection&, const SentOperation& sent, const pg::Reply& reply,
                  Ticks) override {
        answered.push_back(sent.operation.index);
        ok.push_back(reply.ok);
        completion_kinds.push_back(reply.completion_kind);
    }
    void on_ready(ClientConnection& connection) override {
        ready_at.push_back(connection.placement.entry);
    }
    void on_lost(ClientConnection& connection) override {
        lost_at.push_back(connection.placement.entry);
    }
    void on_closed(ClientConnection& connection) override {
        ++closed;
        if (dispatcher) dispatcher->on_closed(connection);
    }

    std::vector<std::uint64_t> answered; ///< indices of operations
    std::vector<bool> ok;
    std::vector<pg::CompletionKind> completion_kinds; ///< of the same
    std::vector<std::size_t> ready_at;                ///< entries
    std::vector<std::size_t> lost_at;
    std::size_t closed = 0;
    Dispatcher* dispatcher = nullptr;
};

/// The connections of a worker and a dispatcher on them, without the worker.
class PoolDriver {
  public:
    /// One entry for each connection string. `plan` has what differs from a plain closed loop.
    explicit PoolDriver(const std::vector<std::string>& conninfos, LoadPlan wanted = {})
        : plan(complete(std::move(wanted), conninfos, workload)),
          session(workload.session(plan.identity)), pool(plan, 0, loop, canceller, observer),
          dispatcher(plan, is_open(plan.arrival), *session, pool, stats) {
        observer.dispatcher = &dispatcher;
        pool.open_all();
        until([&] { return pool.all_ready(); });
    }

    /// Turns the loop until `done` holds, at most 10 s; whether it does.
    template <typename Done>
    bool until(Done done) {
        const auto deadline = now_ticks() + 10'000'000'000;
        for (auto now = now_ticks(); !done() && now < deadline; now = now_ticks()) {
            const auto until = std::min(pool.next_at(), now + 20'000'000);
            const auto woken = loop.wait(until, now, [&](void* owner, std::uint32_t events) {
                auto& connection = *static_cast<ClientConnection*>(owner);
                const auto on_reply = [&](const SentOperation& sent, const pg::Reply& reply) {
                    observer.on_reply(connection, sent, reply, now_ticks());
                };
                if (pool.on_event(connection, events, on_reply)) dispatcher.offer(connection);
            });
            if (woken >= pool.next_at()) pool.service(woken);
        }
        return done();
    }

    ClientConnection& connection(std::size_t i) const { return *pool.connections()[i]; }
    static PendingOperation operation(std::uint64_t index, Ticks due = now_ticks()) {
        PendingOperation pending;
        pending.index = index;
        pending.intended = pending.due = due;
        return pending;
    }
    /// Puts operations first, first + 1, … into the connection's queue and sends what may leave.
    void put(std::size_t at, std::uint64_t first, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            connection(at).queue->pending.push(operation(first + i));
        dispatcher.serve(*connection(at).queue);
    }

    NullWorkload workload;
    LoadPlan plan;
    std::unique_ptr<Session> session;
    Canceller canceller;
    EventLoopStats stats;
    EventLoop loop{stats};
    PoolObserver observer;
    ConnectionPool pool;
    Dispatcher dispatcher;

  private:
    static LoadPlan complete(LoadPlan plan, const std::vector<std::string>& conninfos,
                             const NullWorkload& workload) {
        plan.workload = &workload;
        plan.weights = {1};
        plan.statements = {{"s0", workload.operations().front().sql}};
        for (std::size_t i = 0; i < conninfos.size(); ++i)
            plan.entries.push_back(
                {"entry" + std::to_string(i), pg::Conninfo::parse(conninfos[i])});
        return plan;
    }
};

inline LoadPlan plan_of(unsigned connections, std::size_t depth = 1, std::size_t batch = 1) {
    LoadPlan plan;
    plan.connections = connections;
    plan.depth = depth;
    plan.batch = batch;
    return plan;
}

} // namespace citusbench::test
