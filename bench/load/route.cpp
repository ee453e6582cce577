#include "load/route.hpp"

#include <cstdint>
#include <numeric>
#include <stdexcept>

namespace citusbench {

/// The next one is the entry that is farthest behind its share.
std::vector<std::size_t> spread_connections(std::span<const unsigned> weights,
                                            std::size_t connections) {
    const auto sum = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
    if (sum == 0) throw std::logic_error("no entry point has a weight");
    std::vector<std::int64_t> behind(weights.size());
    std::vector<std::size_t> entries;
    while (entries.size() < connections) {
        std::size_t next = 0;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            behind[i] += weights[i];
            if (behind[i] > behind[next]) next = i;
        }
        behind[next] -= sum;
        entries.push_back(next);
    }
    return entries;
}

std::size_t entry_of_attempt(std::size_t preferred, std::size_t turn, std::size_t attempt,
                             std::size_t entries) {
    const auto step = attempt % entries;
    if (step == 0) return preferred;
    return (preferred + 1 + (turn + step - 1) % (entries - 1)) % entries;
}

} // namespace citusbench
