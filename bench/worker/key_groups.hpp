#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/routing_key.hpp"
#include "deployment/placements.hpp"
#include "deployment/shard_map.hpp"

namespace citusbench {

/// Which operations a run's faults touch. A set is the nodes of a fault; a shard is affected by it
/// if one of its placements lies on one of them. Shards that the same sets affect form a group, so
/// that what is counted by group can be added up for any set. Immutable, so threads share it.
class KeyGroups {
  public:
    /// `sets`: the nodes of each fault.
    KeyGroups(ShardMap map, const Placements& placements,
              const std::vector<std::vector<std::string>>& sets);

    /// The shard of a key; -1 for an operation without one, which touches all of them.
    std::int32_t shard_of(const RoutingKey& key) const {
        return key.kind == RoutingKey::Kind::none ? -1 : map_.shard_of(key);
    }
    std::size_t shards() const { return group_of_shard_.size(); }

    std::size_t groups() const { return masks_.size(); }

    std::size_t group_of(std::int32_t shard) const {
        return shard < 0 ? all_shards_ : group_of_shard_[static_cast<std::size_t>(shard)];
    }
    bool affected(std::size_t group, std::size_t set) const {
        return (masks_[group] >> set & 1U) != 0;
    }
    bool affected_by_any(std::size_t group) const { return masks_[group] != 0; }

    static constexpr std::size_t max_sets = 64; ///< bits of a mask

  private:
    std::size_t group_with(std::uint64_t mask);

    ShardMap map_;
    std::vector<std::uint64_t> masks_; ///< by group: the sets that affect it
    std::vector<std::size_t> group_of_shard_;
    std::size_t all_shards_; ///< the group of operations on every shard
};

} // namespace citusbench
