#include "measure/client_health.hpp"

#include <array>
#include <fstream>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/quantity.hpp"

namespace citusbench {
namespace {

constexpr std::string_view not_affected = "counts, gaps and the verification are not affected";

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

ClientHealth ClientHealthMonitor::health(LoopRecord loop, Ticks zero) const {
    ClientHealth client_health{std::move(loop), zero, to_seconds(ended_ - begun_), std::nullopt};
    if (before_ && after_ && after_->all > before_->all)
        client_health.steal = share(after_->stolen - before_->stolen, after_->all - before_->all);
    return client_health;
}

void ClientHealth::merge(const ClientHealth& other) {
    loop.merge(other.loop);
    zero = other.zero;
    if (other.steal && wall_s + other.wall_s > 0)
        steal =
            (steal.value_or(0) * wall_s + *other.steal * other.wall_s) / (wall_s + other.wall_s);
    wall_s += other.wall_s;
}

Histogram ok_responses(std::span<const OpStats> kinds) {
    Histogram responses;
    for (const auto& stats : kinds) responses.merge(stats.response[index_of(Outcome::ok)]);
    return responses;
}

/// At the quantile where the lag is largest among those at which it matters.
std::string ClientHealth::lag_warning(std::span<const Histogram> responses) const {
    struct Quantile {
        double q;
        std::string_view name;
    };
    constexpr std::array quantiles = {Quantile{0.999, "p99.9"}, Quantile{0.99, "p99"},
                                      Quantile{0.5, "p50"}};
    for (const auto& [q, name] : quantiles) {
        const auto lag = lag_quantile(loop, q);
        if (lag <= max_send_lag) continue;
        for (const auto& response : responses) {
            if (response.empty()) continue;
            const auto measured = static_cast<Ticks>(response.quantile(q));
            if (static_cast<double>(lag) <= max_lag_share * static_cast<double>(measured)) continue;
            return fmt::format("operations were sent late: response times are up to {} too long at "
                               "{}, which is {} in one phase; {}. Give the client a core of its "
                               "own, or a lower rate",
                               time_text(lag), name, time_text(measured), not_affected);
        }
    }
    return {};
}

std::vector<std::string> ClientHealth::warnings(std::span<const Histogram> responses) const {
    std::vector<std::string> warnings;
    if (loop.longest_stall > max_stall)
        warnings.push_back(fmt::format(
            "the client itself stood still for {} from {:.1f} s on (it was stopped, or had no "
            "CPU): response times are up to that much too long, and operations that failed, are "
            "unknown or were skipped at that time are its doing, not the servers'; the "
            "verification is not affected",
            time_text(loop.longest_stall), to_seconds(loop.stalled_from - zero)));
    else if (auto late = lag_warning(responses); !late.empty())
        warnings.push_back(std::move(late));
    if (loop.seconds > 0 && share(loop.saturated, loop.seconds) > max_saturated)
        warnings.push_back(fmt::format(
            "the client's CPU was saturated in {:.0f} % of the seconds: rates are the client's "
            "limit, and response times too long; {}. Use more --threads, cores or client machines",
            100 * share(loop.saturated, loop.seconds), not_affected));
    if (steal.value_or(0) > max_steal)
        warnings.push_back(fmt::format("other virtual machines took {:.0f} % of this one's "
                                       "processor time: rates and response times are those of a "
                                       "smaller machine; {}",
                                       100 * *steal, not_affected));
    return warnings;
}

std::string ClientHealth::summary() const {
    const auto cores = wall_s > 0 ? to_seconds(loop.time.cpu) / wall_s : 0;
    auto text = fmt::format("send lag p99.9 {}, longest loop stall {}, {} late timers, {:.0f} % of "
                            "a core",
                            time_text(lag_quantile(loop, 0.999)), time_text(loop.longest_stall),
                            format_count(loop.late_wakes), 100 * cores);
    if (steal) text += fmt::format(", steal {:.1f} %", 100 * *steal);
    return text;
}

ClientHealthFigures ClientHealth::figures() const {
    const auto us = [](Ticks ticks) { return static_cast<double>(ticks) / 1e3; };
    ClientHealthFigures figures;
    figures.send_lag = {us(lag_quantile(loop, 0.5)), us(lag_quantile(loop, 0.99)),
                        us(lag_quantile(loop, 0.999)), us(static_cast<Ticks>(loop.send_lag.max()))};
    figures.max_loop_stall_us = us(loop.longest_stall);
    figures.stalled_from_s = to_seconds(loop.stalled_from - zero);
    figures.late_timers = loop.late_wakes;
    figures.latest_timer_us = us(loop.latest_wake);
    figures.thread_cpu_s = to_seconds(loop.time.cpu);
    figures.thread_waiting_for_cpu_s = to_seconds(loop.time.waiting);
    figures.niceness = loop.niceness;
    figures.is_realtime = loop.is_realtime;
    figures.busiest_second = loop.busiest;
    figures.saturated_seconds = loop.saturated;
    figures.seconds = loop.seconds;
    figures.cpu_steal = steal;
    return figures;
}

} // namespace citusbench
