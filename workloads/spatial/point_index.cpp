#include "workloads/spatial/point_index.hpp"

#include <new>

namespace citusbench::spatial {
namespace {

constexpr PointIndex::Number smallest_tree = 1024;
constexpr std::size_t merge_at = 8; ///< so many trees of a size become one
constexpr std::size_t node_capacity = 10;

} // namespace

PointIndex::PointIndex(const Geos& geos, std::function<Point(Number)> point_of)
    : geos_(geos), point_of_(std::move(point_of)) {}

PointIndex::Tree PointIndex::build(Number first, Number end) const {
    Tree made{first,
              end,
              {GEOSSTRtree_create_r(geos_.handle(), node_capacity), TreeDeleter{geos_.handle()}}};
    if (!made.tree) throw std::bad_alloc();
    for (auto number = first; number < end; ++number) {
        const auto point = point_of_(number);
        // The tree keeps a copy of the envelope (GEOS 3.10 and later), so the geometry may go.
        const auto geometry =
            geos_.own(GEOSGeom_createPointFromXY_r(geos_.handle(), point.x, point.y));
        GEOSSTRtree_insert_r(geos_.handle(), made.tree.get(), geometry.get(),
                             reinterpret_cast<void*>(std::uintptr_t{number} + 1));
    }
    return made;
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
