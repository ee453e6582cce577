#pragma once

#include <algorithm>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <vector>

#include "workloads/spatial/geos.hpp"
#include "workloads/spatial/shape.hpp"

namespace citusbench::spatial {

/// A growing index of points by place: GEOS's STRtrees over ranges of their numbers. A complete
/// range gets a tree, and trees of similar size are merged, so that adding n points builds each
/// into about log8(n / 1024) trees.
///
/// A tree's items are groups of neighbours, found along a space-filling curve: a fraction of the
/// time and memory that an item for each point takes.
class PointIndex {
  public:
    using Number = std::uint32_t;

    /// `point_of` gives a point by its number, always the same; it is asked again when trees merge.
    PointIndex(const Geos& geos, std::function<Point(Number)> point_of);

    /// Points 0 … count - 1 exist from now on; a count never falls.
    void grow(Number count);

    /// Calls visit(number) for every point in the box, its edges included, in no order.
    template <typename Visit>
    void query(const Box& box, Visit visit) const {
        const auto visit_inside = [&](Number number) {
            const auto point = point_of_(number);
            if (point.x >= box.low.x && point.x <= box.high.x && point.y >= box.low.y &&
                point.y <= box.high.y)
                visit(number);
        };
        for (const auto& tree : trees_) query(tree, box, visit_inside);
        for (auto number = built_; number < count_; ++number) visit_inside(number);
    }

  private:
    struct TreeDeleter {
        GEOSContextHandle_t context = nullptr;
        void operator()(GEOSSTRtree* tree) const { GEOSSTRtree_destroy_r(context, tree); }
    };
    struct Tree {
        Number first;
        Number end;
        std::unique_ptr<GEOSSTRtree, TreeDeleter> groups;
        std::vector<Number> order; ///< group g has order[g · group_size] and those that follow
    };

    static constexpr std::size_t group_size = 16;

    Tree build(Number first, Number end) const;
    void insert_group(Tree& tree, std::size_t first) const;
    template <typename Visit>
    void query(const Tree& tree, const Box& box, Visit& visit) const {
        // GEOS would swallow an exception on its way through.
        struct Call {
            const Tree& tree;
            Visit& visit;
            std::exception_ptr failure;
        } call{tree, visit, nullptr};
        const auto pass_on = [](void* item, void* user) {
            auto& to = *static_cast<Call*>(user);
            if (to.failure) return;
            try {
                const auto from = reinterpret_cast<std::uintptr_t>(item) - 1;
                const auto to_end = std::min(from + group_size, to.tree.order.size());
                for (auto i = from; i < to_end; ++i) to.visit(to.tree.order[i]);
            } catch (...) {
                to.failure = std::current_exception();
            }
        };
        const auto envelope = geos_.box(box.low.x, box.low.y, box.high.x, box.high.y);
        GEOSSTRtree_query_r(geos_.handle(), tree.groups.get(), envelope.get(), pass_on, &call);
        if (call.failure) std::rethrow_exception(call.failure);
    }

    const Geos& geos_;
    std::function<Point(Number)> point_of_;
    std::vector<Tree> trees_; ///< of ranges that join, the older the larger
    Number built_ = 0;        ///< points that are in a tree
    Number count_ = 0;
};

} // namespace citusbench::spatial
