#pragma once

#include <algorithm>
#include <cstddef>

#include "core/time.hpp"
#include "worker/client_connection.hpp"
#include "worker/event_loop.hpp"
#include "worker/load_plan.hpp"

namespace citusbench {

/// How long opening all connections may take. A password check by SCRAM costs client and server
/// some milliseconds of CPU each, and --connect-rate slows it down on purpose.
inline Ticks connect_timeout(const LoadPlan& load) {
    constexpr Ticks least = 10'000'000'000;
    constexpr Ticks each = 10'000'000;
    auto timeout = least + each * static_cast<Ticks>(load.connections);
    if (load.connect_rate > 0)
        timeout += static_cast<Ticks>(1e9 * load.connections / load.connect_rate);
    return timeout;
}

/// How many attempts to connect may begin, and when.
class ConnectThrottle {
  public:
    /// Attempts that begin in one iteration of the loop: a storm of reconnects must not delay the
    /// schedule.
    static constexpr std::size_t max_a_turn = 32;
    /// Attempts under way at a time. If all began at once, then with a slow server or password
    /// check most would reach their time limit and begin again, forever.
    static constexpr std::size_t max_under_way = 64;

    /// `gap` between the beginnings of two attempts; 0: no limit.
    explicit ConnectThrottle(Ticks gap) : gap_(gap) {}

    void begin_turn() { in_turn_ = 0; }
    bool may_begin(Ticks now) const {
        return !is_full() && now >= next_at_ && in_turn_ < max_a_turn;
    }
    void begin(Ticks now) {
        next_at_ = std::max(next_at_, now - gap_) + gap_;
        ++under_way_;
        ++in_turn_;
    }
    /// An attempt ended, with or without success.
    void end() { --under_way_; }
    /// Nothing may begin before an attempt ends.
    bool is_full() const { return under_way_ >= max_under_way; }
    /// No attempt may begin before.
    Ticks next_at() const { return next_at_; }

  private:
    Ticks gap_;
    Ticks next_at_ = 0;
    std::size_t under_way_ = 0;
    std::size_t in_turn_ = 0;
};

/// Keeps epoll's view in step with what the connection waits for. libpq may change the socket while
/// it connects.
inline void poll_connection(EventLoop& loop, ClientConnection& connection) {
    const auto& pipeline = connection.pipeline;
    const int socket = pipeline.socket();
    const std::uint32_t wanted = pipeline.wants_write() ? EPOLLIN | EPOLLOUT : EPOLLIN;
    if (socket < 0 || (socket == connection.polled_socket && wanted == connection.polled_events &&
                       pipeline.state() != pg::Pipeline::State::connecting))
        return;
    loop.watch(socket, wanted, &connection);
    connection.polled_socket = socket;
    connection.polled_events = wanted;
}

} // namespace citusbench
