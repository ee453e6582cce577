#include "observe/async_query.hpp"

#include <algorithm>
#include <vector>

namespace citusbench {
namespace {

int milliseconds_until(Ticks deadline) {
    constexpr Ticks most = 1'000'000'000;
    const auto left = std::clamp<Ticks>(deadline - now_ticks(), 0, most);
    return static_cast<int>((left + 999'999) / 1'000'000);
}

} // namespace

void poll_until(std::span<AsyncQuery* const> queries, Ticks deadline, int wake) {
    std::vector<pollfd> fds;
    std::vector<AsyncQuery*> asked;
    while (true) {
        fds.clear();
        asked.clear();
        for (auto* query : queries) {
            if (!query->is_pending()) continue;
            fds.push_back(query->poll_request());
            asked.push_back(query);
        }
        if (asked.empty() || now_ticks() >= deadline) return;
        if (wake >= 0) fds.push_back({wake, POLLIN, 0});
        poll(fds.data(), fds.size(), milliseconds_until(deadline));
        if (wake >= 0 && fds.back().revents != 0) return;
        for (std::size_t i = 0; i < asked.size(); ++i)
            if (fds[i].revents != 0) asked[i]->proceed();
    }
}

} // namespace citusbench
