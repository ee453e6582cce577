#pragma once

#include "worker/client_connection.hpp"
#include "worker/event_loop.hpp"

namespace citusbench {

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
