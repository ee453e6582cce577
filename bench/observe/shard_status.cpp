#include <algorithm>

#include "observe/cluster_status.hpp"

namespace citusbench {

std::optional<std::uint64_t> ShardStatus::rows() const {
    std::optional<std::uint64_t> most;
    for (const auto& placement : placements)
        if (placement.rows) most = std::max(most.value_or(0), *placement.rows);
    return most;
}

int ShardStatus::active_placements() const {
    return static_cast<int>(
        std::count_if(placements.begin(), placements.end(),
                      [](const auto& placement) { return placement.is_active; }));
}

std::vector<const ShardStatus*> ClusterStatus::under_replicated() const {
    std::vector<const ShardStatus*> lacking;
    if (engine != Engine::citus) return lacking;
    for (const auto& shard : shards)
        if (shard.kind == "distributed" && shard.active_placements() < replication)
            lacking.push_back(&shard);
    return lacking;
}

} // namespace citusbench
