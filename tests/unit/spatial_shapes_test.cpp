#include <array>
#include <map>
#include <set>

#include <GeographicLib/Geodesic.hpp>

#include "core/random.hpp"
#include "unit/spatial_support.hpp"
#include "workloads/spatial/geodesic_circle.hpp"
#include "workloads/spatial/point_index.hpp"
#include "workloads/spatial/shape.hpp"

namespace citusbench::spatial {
namespace {

/// Points at about `distance_m` from the centre, in every direction, also near and beyond the
/// poles.
Point point_at(Point centre, double azimuth, double distance_m) {
    Point point;
    GeographicLib::Geodesic::WGS84().Direct(centre.y, centre.x, azimuth, distance_m, point.y,
                                            point.x);
    return point;
}

bool holds(const Box& box, Point point) {
    return point.x >= box.low.x && point.x <= box.high.x && point.y >= box.low.y &&
           point.y <= box.high.y;
}

TEST(GeodesicCircle, AgreesWithTheGeodesicEverywhereAndAtEveryRadius) {
    Random random(1, 2, 3);
    std::map<Side, int> seen;
    for (const double radius : {0.5, 100.0, 5e3, 3e5, 4e6, 9e6, 1.9e7}) {
        for (int i = 0; i < 3000; ++i) {
            Point centre{random.unit() * 360 - 180, random.unit() * 180 - 90};
            if (i % 5 == 0) centre.y = 89.9999;
            if (i % 5 == 1) centre.x = 179.9999;
            if (i % 5 == 2) centre = {-180, -90};
            const GeodesicCircle circle(centre, radius);
            // Near the edge at every scale, from a hundredth of a millimetre to all of it.
            const double off = std::pow(10.0, -5 + 7 * random.unit()) * (i % 2 ? 1 : -1);
            const auto wanted = std::clamp(radius + off, 0.0, 2e7);
            const auto point = point_at(centre, random.unit() * 360, wanted);
            double metres = 0;
            GeographicLib::Geodesic::WGS84().Inverse(centre.y, centre.x, point.y, point.x, metres);
            const auto side = circle.side(point);
            ++seen[side];
            if (metres < radius - 1.1e-3) {
                EXPECT_EQ(side, Side::inside) << radius << " " << metres;
            }
            if (metres > radius + 1.1e-3) {
                EXPECT_EQ(side, Side::outside) << radius << " " << metres;
            }
            if (std::abs(metres - radius) < 0.9e-3) {
                EXPECT_EQ(side, Side::edge) << radius << " " << metres;
            }
            if (metres <= radius + 1e-3) {
                EXPECT_TRUE(holds(circle.bounds(), point))
                    << radius << " around " << centre.x << " " << centre.y << ": " << point.x << " "
                    << point.y;
            }
        }
    }
    for (const auto side : {Side::inside, Side::outside, Side::edge}) EXPECT_GT(seen[side], 100);
}

TEST(Envelope, LeavesItsEdgesOut) {
    const Envelope box({{0, 0}, {1, 1}});
    EXPECT_EQ(box.side({0.5, 0.5}), Side::inside);
    for (const Point point : {Point{0, 0.5}, {1, 0.5}, {0.5, 0}, {0.5, 1}, {2, 0.5}})
        EXPECT_EQ(box.side(point), Side::outside);
}

TEST(Fence, KnowsItsInsideAndHowNearItsEdgeIs) {
    const Geos geos;
    std::array<Point, fence_corners> corners;
    for (std::size_t i = 0; i < fence_corners; ++i) {
        const double angle = std::numbers::pi / 4 * static_cast<double>(i);
        corners[i] = {std::cos(angle), std::sin(angle)};
    }
    const auto ewkb = fence_ewkb(corners);
    const Fence fence(geos, {reinterpret_cast<const unsigned char*>(ewkb.data()), ewkb.size()});
    EXPECT_EQ(fence.side({0, 0}), Side::inside);
    EXPECT_EQ(fence.side({0.95, 0.3}), Side::outside);
    EXPECT_DOUBLE_EQ(fence.bounds().high.x, 1);
    EXPECT_TRUE(fence.is_near_edge({1, 1e-12}));
    EXPECT_FALSE(fence.is_near_edge({1 - 1e-6, 0}));
}

TEST(PointIndex, FindsEveryPointWhileItGrows) {
    const Geos geos;
    std::vector<Point> points;
    PointIndex index(geos, [&](PointIndex::Number number) { return points[number]; });
    Random random(7, 7, 7);
    while (points.size() < 60'000) {
        const auto more = 1 + random.below(points.size() < 5000 ? 3000 : 1500);
        for (std::uint64_t i = 0; i < more; ++i) points.push_back({random.unit(), random.unit()});
        index.grow(static_cast<PointIndex::Number>(points.size()));
        const Point low{random.unit(), random.unit()};
        const Box box{low, {low.x + 0.1, low.y + 0.1}};
        std::multiset<PointIndex::Number> found;
        index.query(box, [&](PointIndex::Number number) { found.insert(number); });
        std::multiset<PointIndex::Number> wanted;
        for (PointIndex::Number i = 0; i < points.size(); ++i)
            if (holds(box, points[i])) wanted.insert(i);
        EXPECT_EQ(found, wanted);
    }
}

TEST(PointIndex, PassesOnWhatTheVisitorThrows) {
    const Geos geos;
    PointIndex index(geos, [](PointIndex::Number number) { return Point{1.0 * number, 0}; });
    index.grow(5000);
    EXPECT_THROW(index.query(whole_world, [](auto) { throw std::out_of_range("seen"); }),
                 std::out_of_range);
}

} // namespace
} // namespace citusbench::spatial
