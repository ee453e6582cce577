#include "stats/op_stats.hpp"

#include <numeric>

namespace citusbench {

std::uint64_t OpStats::completed() const {
    return std::accumulate(outcomes.begin(), outcomes.end(), std::uint64_t{0});
}

void OpStats::merge(const OpStats& other) {
    scheduled += other.scheduled;
    rows += other.rows;
    for (std::size_t i = 0; i < outcome_count; ++i) {
        outcomes[i] += other.outcomes[i];
        response[i].merge(other.response[i]);
        service[i].merge(other.service[i]);
    }
}

} // namespace citusbench
