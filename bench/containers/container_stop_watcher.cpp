#include "containers/container_stop_watcher.hpp"

#include <poll.h>

#include <stop_token>
#include <utility>

#include "os/thread_guards.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;

bool is_done_within(const auto& future, std::chrono::milliseconds timeout) {
    return future.wait_for(timeout) == std::future_status::ready;
}

/// When the last of them ended; 0 where `stop` came first.
Ticks wait_for_ends(const std::vector<UniqueFd>& processes, const std::stop_token& stop) {
    constexpr int recheck_ms = 50;
    const RealtimePriorityGuard guard;
    for (const auto& process : processes) {
        pollfd fd{process.get(), POLLIN, 0};
        while (poll(&fd, 1, recheck_ms) <= 0)
            if (stop.stop_requested()) return 0;
    }
    return now_ticks();
}

} // namespace

Ticks ContainerStopWatcher::begin(std::vector<UniqueFd> processes, std::function<Ticks()> order) {
    wait_for_completion();
    if (processes.empty()) return order();
    std::stop_source stop;
    auto ended = std::async(std::launch::async,
                            [processes = std::move(processes), token = stop.get_token()] {
                                return wait_for_ends(processes, token);
                            });
    auto ordered = std::async(std::launch::async, std::move(order)).share();
    while (!is_done_within(ended, 5ms))
        if (is_done_within(ordered, 0ms)) break;
    // By then the order is done, and its effect shows in a moment.
    const bool seen = is_done_within(ended, 100ms);
    stop.request_stop();
    if (!seen) return ordered.get();
    const std::scoped_lock lock(mutex_);
    order_ = ordered;
    return ended.get();
}

void ContainerStopWatcher::wait() const {
    std::shared_future<Ticks> order;
    {
        const std::scoped_lock lock(mutex_);
        order = order_;
    }
    if (order.valid()) order.wait();
}

void ContainerStopWatcher::wait_for_completion() {
    wait();
    std::shared_future<Ticks> order;
    {
        const std::scoped_lock lock(mutex_);
        order = std::exchange(order_, {});
    }
    if (order.valid()) order.get();
}

} // namespace citusbench
