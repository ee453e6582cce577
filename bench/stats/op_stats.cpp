#include "stats/op_stats.hpp"

#include <numeric>
#include <stdexcept>

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

void merge(std::vector<OpStats>& sums, std::span<const OpStats> parts) {
    if (sums.empty()) sums.resize(parts.size());
    if (sums.size() != parts.size()) throw std::invalid_argument("counts of other operations");
    for (std::size_t i = 0; i < parts.size(); ++i) sums[i].merge(parts[i]);
}

} // namespace citusbench
