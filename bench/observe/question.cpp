#include "observe/question.hpp"

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

void proceed_until(std::span<Question* const> questions, Ticks deadline, int wake) {
    std::vector<pollfd> fds;
    std::vector<Question*> asked;
    while (true) {
        fds.clear();
        asked.clear();
        for (auto* question : questions) {
            if (!question->is_pending()) continue;
            fds.push_back(question->waits_for());
            asked.push_back(question);
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
