#include "workloads/spatial/point_index.hpp"

#include <new>
#include <utility>

namespace citusbench::spatial {
namespace {

constexpr PointIndex::Number smallest_tree = 1024;
constexpr std::size_t merge_at = 8; ///< trees of a size that become one
constexpr std::size_t node_capacity = 10;

/// Where a point lies along the Z-order curve (Morton, 1966) over the globe, in cells of at
/// most 2 cm.
std::uint64_t z_order(Point point) {
    const auto spread = [](double share) {
        auto bits = static_cast<std::uint64_t>(std::clamp(share, 0.0, 1.0) * 2147483647.0);
        bits = (bits | (bits << 16)) & 0x0000ffff0000ffffULL;
        bits = (bits | (bits << 8)) & 0x00ff00ff00ff00ffULL;
        bits = (bits | (bits << 4)) & 0x0f0f0f0f0f0f0f0fULL;
        bits = (bits | (bits << 2)) & 0x3333333333333333ULL;
        return (bits | (bits << 1)) & 0x5555555555555555ULL;
    };
    return spread((point.x + 180) / 360) | (spread((point.y + 90) / 180) << 1);
}

} // namespace

PointIndex::PointIndex(const Geos& geos, std::function<Point(Number)> point_of)
    : geos_(geos), point_of_(std::move(point_of)) {}

PointIndex::Tree PointIndex::build(Number first, Number end) const {
    std::vector<std::pair<std::uint64_t, Number>> places;
    places.reserve(end - first);
    for (auto number = first; number < end; ++number)
        places.emplace_back(z_order(point_of_(number)), number);
    std::sort(places.begin(), places.end());
    Tree made{first,
              end,
              {GEOSSTRtree_create_r(geos_.handle(), node_capacity), TreeDeleter{geos_.handle()}},
              {}};
    if (!made.groups) throw std::bad_alloc();
    made.order.reserve(places.size());
    for (const auto& [place, number] : places) made.order.push_back(number);
    for (std::size_t i = 0; i < made.order.size(); i += group_size) insert_group(made, i);
    return made;
}

void PointIndex::insert_group(Tree& tree, std::size_t first) const {
    const auto end = std::min(first + group_size, tree.order.size());
    auto low = point_of_(tree.order[first]);
    auto high = low;
    for (auto i = first + 1; i < end; ++i) {
        const auto point = point_of_(tree.order[i]);
        low = {std::min(low.x, point.x), std::min(low.y, point.y)};
        high = {std::max(high.x, point.x), std::max(high.y, point.y)};
    }
    // The tree keeps a copy of the envelope (GEOS 3.10 and later), so the geometry may go.
    const auto geometry = geos_.box(low.x, low.y, high.x, high.y);
    // An item is a pointer that GEOS hands back and never follows: a number will do.
    GEOSSTRtree_insert_r(geos_.handle(), tree.groups.get(), geometry.get(),
                         // NOLINTNEXTLINE(performance-no-int-to-ptr)
                         reinterpret_cast<void*>(std::uintptr_t{first} + 1));
}

void PointIndex::grow(Number count) {
    count_ = count;
    if (count_ - built_ < smallest_tree) return;
    trees_.push_back(build(built_, count_));
    built_ = count_;
    const auto size = [&](std::size_t i) { return trees_[i].end - trees_[i].first; };
    while (trees_.size() >= merge_at) {
        const auto from = trees_.size() - merge_at;
        if (size(from) >= merge_at * size(trees_.size() - 1)) return;
        auto merged = build(trees_[from].first, count_);
        trees_.erase(trees_.begin() + static_cast<std::ptrdiff_t>(from), trees_.end());
        trees_.push_back(std::move(merged));
    }
}

} // namespace citusbench::spatial
