#pragma once

#include <sys/epoll.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "worker/event_loop_stats.hpp"

namespace citusbench {

/// An epoll of one thread: sleeps until a time or until a socket has something.
class EventLoop {
  public:
    /// Reports late timers to `stats`. Throws std::system_error.
    explicit EventLoop(EventLoopStats& stats);
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;
    ~EventLoop();

    /// From now on wait() names `owner` when the socket has one of `events` (EPOLLIN, …). A socket
    /// that is closed leaves by itself.
    void watch(int socket, std::uint32_t events, void* owner) const;

    /// Sleeps from `now` until `until`, or until a socket has something, and calls
    /// on_event(owner, events) for each that has. When it woke. Throws std::system_error.
    template <typename OnEvent>
    Ticks wait(Ticks until, Ticks now, OnEvent&& on_event) {
        const auto count = sleep(until, now);
        const auto woken = woken_;
        for (std::size_t i = 0; i < count; ++i) on_event(events_[i].data.ptr, events_[i].events);
        return woken;
    }

  private:
    std::size_t sleep(Ticks until, Ticks now);

    EventLoopStats& stats_;
    int epoll_;
    std::vector<epoll_event> events_;
    Ticks woken_ = 0;
};

} // namespace citusbench
