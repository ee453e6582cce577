#include "worker/connection_pool.hpp"

#include <algorithm>

namespace citusbench {
namespace {

constexpr Ticks min_connect_timeout = 1'000'000'000;

/// Connections are numbered thread by thread, so that those of each thread and those of all threads
/// together are spread by the weights.
ConnectionPool::Connections make_connections(const LoadPlan& plan, unsigned thread) {
    const auto count_of = [&](unsigned each) {
        return (plan.connections - each + plan.threads - 1) / plan.threads;
    };
    std::size_t first = 0;
    for (unsigned before = 0; before < thread; ++before) first += count_of(before);
    std::vector<unsigned> weights;
    for (const auto& entry : plan.entries)
        weights.push_back(plan.route == Route::hash ? 1 : entry.weight);
    const auto entries = spread_connections(weights, first + count_of(thread));
    std::vector<std::size_t> turns(plan.entries.size(), thread);
    ConnectionPool::Connections connections;
    for (auto i = first; i < entries.size(); ++i)
        connections.push_back(
            std::make_unique<ClientConnection>(plan.depth, entries[i], turns[entries[i]]++));
    return connections;
}

Ticks gap_between_attempts(const LoadPlan& plan) {
    return plan.connect_rate > 0 ? static_cast<Ticks>(1e9 * plan.threads / plan.connect_rate) : 0;
}

} // namespace

ConnectionPool::ConnectionPool(const LoadPlan& plan, unsigned thread, EventLoop& loop,
                               Canceller& canceller, ConnectionObserver& observer)
    : plan_(plan), loop_(loop), canceller_(canceller), observer_(observer),
      connections_(make_connections(plan, thread)), fail_back_(plan, connections_, loop),
      throttle_(gap_between_attempts(plan)), backoff_(plan.seed, 0x71773e5ULL, thread) {}

void ConnectionPool::open_all() {
    for (auto& connection : connections_) connection->retry_at = 0;
    service_at_ = 0;
}

bool ConnectionPool::all_ready() const {
    return first_not_ready() == nullptr;
}

const ClientConnection* ConnectionPool::first_not_ready() const {
    const auto at = std::find_if(connections_.begin(), connections_.end(),
                                 [](const auto& connection) { return !connection->is_ready(); });
    return at == connections_.end() ? nullptr : at->get();
}

/// With independent clusters each has its own operations.
std::size_t ConnectionPool::entries_to_choose_from() const {
    return plan_.clusters() > 1 ? 1 : plan_.entries.size();
}

void ConnectionPool::open(ClientConnection& connection, Ticks now) {
    connection.retry_at = never;
    connection.connect_deadline = now + std::max(plan_.timeout, min_connect_timeout);
    connection.polled_socket = -1;
    connection.opening = true;
    throttle_.begin(now);
    const auto& conninfo =
        plan_.entries[connection.placement.entry].conninfo_for(connection.failures);
    if (connection.pipeline.open(conninfo, plan_.statements))
        poll(connection);
    else
        on_connection_lost(connection, now);
}

/// The attempt has ended, so another connection may begin its own.
void ConnectionPool::end_opening(ClientConnection& connection) {
    if (!connection.opening) return;
    connection.opening = false;
    throttle_.end();
    service_at_ = 0;
}

bool ConnectionPool::on_state_change(ClientConnection& connection, bool was_ready) {
    if (fail_back_.is_probe(connection)) {
        if (auto* leaving = fail_back_.on_probe_event(now_ticks())) {
            leaving->leaving = true;
            if (leaving->pipeline.in_flight() == 0) fail_back(*leaving, now_ticks());
        }
        return false;
    }
    if (connection.pipeline.state() == pg::Pipeline::State::closed) {
        on_connection_lost(connection, now_ticks());
        return false;
    }
    poll(connection);
    if (was_ready || !connection.is_ready()) return connection.is_ready();
    end_opening(connection);
    connection.connect_deadline = never;
    connection.failures = 0;
    connection.was_ready = true;
    connection.room_since = connection.pipeline.arrived();
    fail_back_.on_ready(connection);
    observer_.on_ready(connection);
    return true;
}

void ConnectionPool::on_connection_lost(ClientConnection& connection, Ticks now) {
    connection.pipeline.abandon([&](const SentOperation& sent, const pg::Reply& reply) {
        observer_.on_reply(connection, sent, reply, now_ticks());
    });
    observer_.on_lost(connection);
    end_opening(connection);
    connection.was_ready = false;
    connection.polled_socket = -1;
    connection.connect_deadline = never;
    connection.leaving = false;
    const auto entries = entries_to_choose_from();
    connection.retry_at = now + backoff_(connection.failures++ / static_cast<unsigned>(entries));
    if (entries > 1) {
        connection.placement.fail_over(entries);
        fail_back_.on_failover(now);
    }
    service_at_ = std::min(service_at_, connection.retry_at);
    observer_.on_closed(connection);
}

void ConnectionPool::abort_connection(ClientConnection& connection, Ticks now) {
    if (!connection.is_ready() || connection.pipeline.in_flight() == 0) return;
    canceller_.cancel(connection.pipeline.get());
    on_connection_lost(connection, now);
}

void ConnectionPool::fail_back(ClientConnection& connection, Ticks now) {
    connection.pipeline.abandon([](const SentOperation&, const pg::Reply&) {});
    connection.leaving = false;
    connection.was_ready = false;
    connection.placement.fail_back();
    connection.polled_socket = -1;
    connection.connect_deadline = never;
    connection.failures = 0;
    connection.retry_at = now;
    service_at_ = 0;
    observer_.on_closed(connection);
}

void ConnectionPool::close_all() {
    for (auto& connection : connections_)
        connection->pipeline.abandon([&](const SentOperation& sent, const pg::Reply& reply) {
            observer_.on_reply(*connection, sent, reply, now_ticks());
        });
}

void ConnectionPool::service(Ticks now) {
    if (now >= deadline_at_) check_deadlines(now);
    if (now >= service_at_) service_connections(now);
    fail_back_.check(now);
}

/// Runs about once a timeout while all is well: after it, nothing in flight can reach its deadline
/// before the oldest operation does.
void ConnectionPool::check_deadlines(Ticks now) {
    deadline_at_ = never;
    for (auto& connection : connections_) {
        if (connection->pipeline.in_flight() == 0) continue;
        const auto deadline = connection->pipeline.oldest().sent + plan_.timeout;
        if (deadline <= now)
            abort_connection(*connection, now);
        else
            deadline_at_ = std::min(deadline_at_, deadline);
    }
}

/// Services the connections that are not ready: attempts, and their time limits.
void ConnectionPool::service_connections(Ticks now) {
    service_at_ = never;
    throttle_.begin_turn();
    for (auto& connection : connections_) {
        if (connection->is_ready()) continue;
        if (connection->connect_deadline <= now) on_connection_lost(*connection, now);
        if (connection->retry_at <= now && throttle_.may_begin(now)) open(*connection, now);
        // end_opening() wakes connections that wait to connect.
        const bool must_wait = connection->retry_at <= now && throttle_.is_full();
        const auto retry_at =
            must_wait ? never : std::max(connection->retry_at, throttle_.next_at());
        service_at_ = std::min({service_at_, retry_at, connection->connect_deadline});
    }
}

Ticks ConnectionPool::oldest_sent(Ticks now) const {
    auto oldest = now;
    for (const auto& connection : connections_)
        if (connection->pipeline.in_flight() > 0)
            oldest = std::min(oldest, connection->pipeline.oldest().operation.first_sent);
    return oldest;
}

std::uint64_t ConnectionPool::notices() const {
    std::uint64_t sum = 0;
    for (const auto& connection : connections_) sum += connection->pipeline.notices();
    return sum;
}

} // namespace citusbench
