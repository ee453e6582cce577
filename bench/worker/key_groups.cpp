#include "worker/key_groups.hpp"

#include <algorithm>
#include <stdexcept>

namespace citusbench {
namespace {

bool touches(const std::vector<std::string>& placements, const std::vector<std::string>& nodes) {
    return std::any_of(placements.begin(), placements.end(), [&](const auto& placement) {
        return std::find(nodes.begin(), nodes.end(), placement) != nodes.end();
    });
}

} // namespace

KeyGroups::KeyGroups(ShardMap map, const Placements& placements,
                     const std::vector<std::vector<std::string>>& sets)
    : map_(map) {
    if (sets.size() > max_sets) throw std::logic_error("more sets of nodes than a mask has bits");
    std::uint64_t any = 0;
    for (const auto& shard : placements) {
        std::uint64_t mask = 0;
        for (std::size_t set = 0; set < sets.size(); ++set)
            if (touches(shard, sets[set])) mask |= std::uint64_t{1} << set;
        any |= mask;
        group_of_shard_.push_back(group_with(mask));
    }
    all_shards_ = group_with(any);
}

std::size_t KeyGroups::group_with(std::uint64_t mask) {
    const auto known = std::find(masks_.begin(), masks_.end(), mask);
    if (known != masks_.end()) return static_cast<std::size_t>(known - masks_.begin());
    masks_.push_back(mask);
    return masks_.size() - 1;
}

} // namespace citusbench
