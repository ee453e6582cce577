#include "worker/connection_events.hpp"

#include <fmt/format.h>

namespace citusbench {

void ConnectionEvents::add(const std::string& kind, const std::string& entry,
                           const std::string& detail, Ticks at) {
    auto& seen = seen_[{kind, entry}];
    if (seen.count++ > 0) return;
    seen.first = at;
    seen.detail = detail;
}

std::vector<WorkerEvent> ConnectionEvents::take(Ticks now) {
    std::vector<WorkerEvent> events;
    if (now < report_at_) return events;
    report_at_ = now < never ? now + report_every : never;
    for (const auto& [what, seen] : seen_) {
        const auto detail =
            seen.count == 1 ? seen.detail : fmt::format("{} times: {}", seen.count, seen.detail);
        events.push_back({seen.first, what.first, what.second, detail});
    }
    seen_.clear();
    return events;
}

} // namespace citusbench
