#include "observe/monitor.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>

#include "core/time.hpp"

namespace citusbench {

Monitor::Monitor(MonitoredCluster cluster, Nanoseconds interval)
    : cluster_(std::move(cluster)), interval_(to_ticks(interval)), wake_(eventfd(0, EFD_CLOEXEC)) {
    for (const auto& node : cluster_.nodes)
        if (auto sampler = make_sampler(node, cluster_))
            sampled_.push_back({node.node.name, std::move(sampler)});
    thread_ = std::thread([this] { run(); });
}

Monitor::~Monitor() {
    stop();
}

void Monitor::stop() {
    if (!thread_.joinable()) return;
    eventfd_write(wake_.get(), 1);
    thread_.join();
}

bool Monitor::sleep_until(Ticks at) const {
    while (true) {
        const auto left = at - now_ticks();
        if (left <= 0) return true;
        pollfd wake{wake_.get(), POLLIN, 0};
        if (poll(&wake, 1, static_cast<int>(left / 1'000'000) + 1) > 0) return false;
    }
}

void Monitor::run() {
    // A little is left of each interval, so that a silent node does not push the next sample.
    const auto timeout = interval_ - interval_ / 10;
    for (auto next = now_ticks(); sleep_until(next);) {
        sample(next, next + timeout);
        cpu_ns_ = read_clock(CLOCK_THREAD_CPUTIME_ID);
        next += interval_;
        for (; next < now_ticks(); next += interval_) ++missed_;
    }
}

void Monitor::sample(Ticks at, Ticks deadline) {
    std::vector<AsyncQuery*> queries;
    for (auto& each : sampled_) queries.push_back(&each.sampler->begin(samples_));
    poll_until(queries, deadline, wake_.get());
    // The end interrupted this sample: a node that has not answered yet may be up.
    const bool cut_short = std::any_of(queries.begin(), queries.end(), [&](const AsyncQuery* q) {
        return q->is_pending() && now_ticks() < deadline;
    });
    if (cut_short) return;
    ++samples_;
    for (auto& each : sampled_) {
        const auto values = each.sampler->end();
        auto error = each.sampler->error();
        const bool is_up = !values.empty() || !error.empty();
        series_.add(at, each.name, "up", is_up ? 1 : 0);
        for (const auto& value : values)
            series_.add(at, value.node.empty() ? each.name : value.node, value.metric, value.value);
        if (!error.empty()) errors_[each.name] = std::move(error);
    }
}

} // namespace citusbench
