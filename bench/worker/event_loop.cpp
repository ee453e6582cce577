#include "worker/event_loop.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>

namespace citusbench {
namespace {

/// Events that have arrived, and operations that are due, wait for the end of an iteration.
constexpr std::size_t events_a_turn = 64;

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

EventLoop::EventLoop(EventLoopStats& stats)
    : stats_(stats), epoll_(epoll_create1(EPOLL_CLOEXEC)), events_(events_a_turn) {
    if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

EventLoop::~EventLoop() {
    close(epoll_);
}

void EventLoop::watch(int socket, std::uint32_t events, void* owner) const {
    epoll_event event{};
    event.events = events;
    event.data.ptr = owner;
    if (epoll_ctl(epoll_, EPOLL_CTL_MOD, socket, &event) < 0)
        epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
}

std::size_t EventLoop::sleep(Ticks until, Ticks now) {
    const auto left = std::max<Ticks>(until - now, 0);
    const timespec timeout{left / 1'000'000'000, left % 1'000'000'000};
    const int count = wait_for_events(epoll_, events_, timeout);
    if (count < 0 && errno != EINTR)
        throw std::system_error(errno, std::generic_category(), "waiting for events");
    woken_ = now_ticks();
    // Whatever woke it: a process that was stopped meanwhile finds answers when it goes on.
    if (left > 0 && woken_ > until) stats_.on_wakeup(until, woken_);
    return static_cast<std::size_t>(std::max(count, 0));
}

} // namespace citusbench
