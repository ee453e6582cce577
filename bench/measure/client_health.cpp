#include "measure/client_health.hpp"

#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "core/quantity.hpp"

namespace citusbench {
namespace {

std::string time_text(Ticks ticks) {
    return format_duration(Nanoseconds(ticks));
}

Ticks lag_quantile(const LoopRecord& loop, double q) {
    return static_cast<Ticks>(loop.send_lag.quantile(q));
}

double share(std::uint64_t part, std::uint64_t all) {
    return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all);
}

} // namespace

std::optional<MachineTime> MachineTime::now() {
    std::ifstream stat("/proc/stat");
    std::string word;
    if (!(stat >> word) || word != "cpu") return std::nullopt;
    MachineTime time;
    // user nice system idle iowait irq softirq steal; what follows is part of user and nice.
    for (int field = 0; field < 8; ++field) {
        std::uint64_t ticks = 0;
        if (!(stat >> ticks)) return std::nullopt;
        time.all += ticks;
        if (field == 7) time.stolen = ticks;
    }
    return time;
}

void ClientHealthMonitor::begin() {
    before_ = MachineTime::now();
    begun_ = now_ticks();
}

void ClientHealthMonitor::end() {
    ended_ = now_ticks();
    after_ = MachineTime::now();
}

ClientHealth ClientHealthMonitor::health(LoopRecord loop) const {
    ClientHealth client_health{std::move(loop), to_seconds(ended_ - begun_), std::nullopt};
    if (before_ && after_ && after_->all > before_->all)
        client_health.steal = share(after_->stolen - before_->stolen, after_->all - before_->all);
    return client_health;
}

void ClientHealth::merge(const ClientHealth& other) {
    loop.merge(other.loop);
    if (other.steal && wall_s + other.wall_s > 0)
        steal =
            (steal.value_or(0) * wall_s + *other.steal * other.wall_s) / (wall_s + other.wall_s);
    wall_s += other.wall_s;
}

std::vector<std::string> ClientHealth::warnings() const {
    std::vector<std::string> warnings;
    const auto lag = lag_quantile(loop, 0.999);
    if (lag > max_send_lag)
        warnings.push_back(
            fmt::format("operations were sent late: the send lag's p99.9 is {} (limit "
                        "{}); give the client a core of its own, or a lower rate",
                        time_text(lag), time_text(max_send_lag)));
    if (loop.seconds > 0 && share(loop.saturated, loop.seconds) > max_saturated)
        warnings.push_back(fmt::format("the client's CPU was saturated in {:.0f} % of the seconds; "
                                       "use more --threads, cores or client machines",
                                       100 * share(loop.saturated, loop.seconds)));
    if (steal.value_or(0) > max_steal)
        warnings.push_back(
            fmt::format("other virtual machines took {:.0f} % of this one's processor "
                        "time",
                        100 * *steal));
    return warnings;
}

std::string ClientHealth::summary() const {
    const auto cores = wall_s > 0 ? to_seconds(loop.time.cpu) / wall_s : 0;
    auto text = fmt::format("send lag p99.9 {}, longest loop stall {}, {} late timers, {:.0f} % of "
                            "a core",
                            time_text(lag_quantile(loop, 0.999)), time_text(loop.max_iteration),
                            format_count(loop.late_wakes), 100 * cores);
    if (steal) text += fmt::format(", steal {:.1f} %", 100 * *steal);
    return text;
}

ClientHealthFigures ClientHealth::figures() const {
    const auto us = [](Ticks ticks) { return static_cast<double>(ticks) / 1e3; };
    ClientHealthFigures figures;
    figures.send_lag = {us(lag_quantile(loop, 0.5)), us(lag_quantile(loop, 0.99)),
                        us(lag_quantile(loop, 0.999)), us(static_cast<Ticks>(loop.send_lag.max()))};
    figures.max_loop_stall_us = us(loop.max_iteration);
    figures.late_timers = loop.late_wakes;
    figures.latest_timer_us = us(loop.latest_wake);
    figures.thread_cpu_s = to_seconds(loop.time.cpu);
    figures.thread_waiting_for_cpu_s = to_seconds(loop.time.waiting);
    figures.niceness = loop.niceness;
    figures.busiest_second = loop.busiest;
    figures.saturated_seconds = loop.saturated;
    figures.seconds = loop.seconds;
    figures.cpu_steal = steal;
    return figures;
}

} // namespace citusbench
