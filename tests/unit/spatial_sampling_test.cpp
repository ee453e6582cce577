#include <array>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "core/random.hpp"
#include "unit/spatial_support.hpp"
#include "workloads/spatial/regions.hpp"
#include "workloads/spatial/triangulate.hpp"

namespace citusbench::spatial {
namespace {

constexpr int samples = 60'000;
constexpr double plausible = 0.001;

/// An L with a square hole, at the latitude of New York.
const char* const with_hole =
    R"({"type":"Polygon","coordinates":[[[-74,40],[-73,40],[-73,40.5],[-73.5,40.5],[-73.5,41],)"
    R"([-74,41],[-74,40]],[[-73.9,40.1],[-73.6,40.1],[-73.6,40.4],[-73.9,40.4],[-73.9,40.1]]]})";
/// A large and a small part, and a thin diagonal that fills 1/1000 of its bounding box.
const char* const of_parts =
    R"({"type":"MultiPolygon","coordinates":[[[[0,0],[2,0],[1,2],[0,0]]],)"
    R"([[[3,0],[3.5,0],[3.5,0.5],[3,0.5],[3,0]]],[[[0,3],[4,5],[4,5.004],[0,3]]]]})";
/// A hole that touches the shell in a point, and another that touches the first.
const char* const touching =
    R"({"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]],)"
    R"([[0,2],[1,1],[2,2],[1,3],[0,2]],[[2,2],[3,1],[3.5,2],[3,3],[2,2]]]})";

GeometryPtr geometry_of(const Geos& geos, const std::string& json) {
    const std::unique_ptr<OGRGeometry> geometry(
        OGRGeometryFactory::createFromGeoJson(json.c_str()));
    std::vector<unsigned char> wkb(geometry->WkbSize());
    geometry->exportToWkb(wkbNDR, wkb.data());
    return geos.read_wkb(wkb);
}

std::unique_ptr<Regions> regions_of(const std::vector<std::pair<std::string, std::string>>& parts) {
    const TempFolder folder;
    Settings settings;
    settings.regions_file = folder.write("regions.geojson", geojson(parts));
    return load_regions(settings);
}

std::vector<Point> drawn(const Regions& regions, int count = samples) {
    std::vector<Point> points;
    for (int i = 0; i < count; ++i) {
        Random random(1, 7, static_cast<std::uint64_t>(i));
        points.push_back(regions.draw(random).point);
    }
    return points;
}

/// Probability that points which are even by area on the sphere look like these: counts in 24 × 24
/// cells against the exact area of cell ∩ polygon.
double evenness_p(const std::vector<Point>& points, const std::string& json) {
    constexpr int cells = 24;
    const Geos geos;
    const auto polygon = geometry_of(geos, json);
    double x0 = 0;
    double y0 = 0;
    double x1 = 0;
    double y1 = 0;
    GEOSGeom_getExtent_r(geos.handle(), polygon.get(), &x0, &y0, &x1, &y1);
    const double width = (x1 - x0) / cells;
    const double height = (y1 - y0) / cells;
    std::vector<double> expected;
    for (int row = 0; row < cells; ++row)
        for (int column = 0; column < cells; ++column) {
            const double x = x0 + column * width;
            const double y = y0 + row * height;
            const auto cell = geos.box(x, y, x + width, y + height);
            const auto part = geos.intersection(cell.get(), polygon.get());
            const double latitude = (y + height / 2) * std::numbers::pi / 180;
            expected.push_back(geos.area(part.get()) * std::cos(latitude));
        }
    std::vector<double> observed(expected.size());
    for (const auto point : points) {
        const int column = std::min(cells - 1, static_cast<int>((point.x - x0) / width));
        const int row = std::min(cells - 1, static_cast<int>((point.y - y0) / height));
        ++observed[static_cast<std::size_t>(row * cells + column)];
    }
    return chi_square_p(observed, expected);
}

int outside(const std::vector<Point>& points, const std::string& json) {
    const Geos geos;
    const auto polygon = geometry_of(geos, json);
    const auto* prepared = GEOSPrepare_r(geos.handle(), polygon.get());
    int count = 0;
    for (const auto point : points) {
        const auto dot = geos.own(GEOSGeom_createPointFromXY_r(geos.handle(), point.x, point.y));
        if (GEOSPreparedContains_r(geos.handle(), prepared, dot.get()) != 1) ++count;
    }
    GEOSPreparedGeom_destroy_r(geos.handle(), prepared);
    return count;
}

TEST(SpatialSampling, IsEvenByAreaInAPolygonWithAHole) {
    const auto points = drawn(*regions_of({{"a", with_hole}}));
    EXPECT_EQ(outside(points, with_hole), 0);
    EXPECT_GT(evenness_p(points, with_hole), plausible);
}

TEST(SpatialSampling, IsEvenByAreaOverTheThinAndSmallPartsOfAMultipolygon) {
    const auto points = drawn(*regions_of({{"a", of_parts}}));
    EXPECT_EQ(outside(points, of_parts), 0);
    EXPECT_GT(evenness_p(points, of_parts), plausible);
}

TEST(SpatialSampling, IsEvenByAreaWhereHolesTouchTheShellAndEachOther) {
    const auto points = drawn(*regions_of({{"a", touching}}));
    EXPECT_EQ(outside(points, touching), 0);
    EXPECT_GT(evenness_p(points, touching), plausible);
}

TEST(SpatialSampling, TheChiSquareTestNoticesPointsInTheHole) {
    std::vector<Point> points;
    Random random(1, 7, 0);
    for (int i = 0; i < samples; ++i) points.push_back({-74 + random.unit(), 40 + random.unit()});
    EXPECT_LT(evenness_p(points, with_hole), 1e-9);
}

TEST(SpatialSampling, TheChiSquareTestNoticesASlightSlope) {
    // Keeps 100 % of the points in the south and 80 % of those in the north.
    std::vector<Point> biased;
    Random random(1, 8, 0);
    for (const auto point : drawn(*regions_of({{"a", with_hole}})))
        if (random.unit() > 0.2 * (point.y - 40)) biased.push_back(point);
    EXPECT_LT(evenness_p(biased, with_hole), 0.01 * plausible);
}

TEST(SpatialSampling, TheChiSquareTestNoticesTrianglesChosenWithoutTheirArea) {
    const Geos geos;
    const auto polygon = geometry_of(geos, of_parts);
    const auto triangles = triangulate(geos, polygon.get());
    std::vector<Point> points;
    Random random(1, 9, 0);
    for (int i = 0; i < samples; ++i) {
        const auto& t = triangles[random.below(triangles.size())];
        const double u = std::sqrt(random.unit());
        const double v = random.unit() * u;
        points.push_back({t[0].x + (u - v) * (t[1].x - t[0].x) + v * (t[2].x - t[0].x),
                          t[0].y + (u - v) * (t[1].y - t[0].y) + v * (t[2].y - t[0].y)});
    }
    EXPECT_EQ(outside(points, of_parts), 0);
    EXPECT_LT(evenness_p(points, of_parts), 1e-9);
}

TEST(SpatialSampling, ASquareKilometreGetsAsManyPointsInTheNorthAsInTheSouth) {
    // Between the equator and the pole, half of the area lies below 30° and not below 45°.
    const auto points = drawn(*regions_of({{"a", rectangle(-10, 0, 10, 90)}}));
    int south = 0;
    int far_north = 0;
    for (const auto point : points) {
        if (point.y < 30) ++south;
        if (point.y > 60) ++far_north;
    }
    EXPECT_NEAR(south, samples * 0.5, 4 * std::sqrt(samples * 0.25));
    const double share = 1 - std::sin(60 * std::numbers::pi / 180);
    EXPECT_NEAR(far_north, samples * share, 4 * std::sqrt(samples * share * (1 - share)));
}

TEST(SpatialSampling, RegionsGetPointsInProportionToTheirArea) {
    const auto regions =
        regions_of({{"one", rectangle(0, 0, 1, 1)}, {"three", rectangle(2, 0, 5, 1)}});
    std::array<int, 2> counts{};
    for (int i = 0; i < samples; ++i) {
        Random random(1, 7, static_cast<std::uint64_t>(i));
        const auto place = regions->draw(random);
        ++counts[place.region];
        EXPECT_EQ(place.region, place.point.x > 1.5 ? 1U : 0U);
    }
    EXPECT_EQ(regions->codes(), (std::vector<std::string>{"one", "three"}));
    EXPECT_NEAR(counts[0], samples * 0.25, 4 * std::sqrt(samples * 0.1875));
}

TEST(SpatialSampling, DrawsInOneRegionStayInItAndAreEven) {
    const auto regions = regions_of({{"a", rectangle(10, 10, 11, 11)}, {"b", with_hole}});
    std::vector<Point> points;
    for (int i = 0; i < samples; ++i) {
        Random random(1, 7, static_cast<std::uint64_t>(i));
        points.push_back(regions->draw_in(1, random));
    }
    EXPECT_EQ(outside(points, with_hole), 0);
    EXPECT_GT(evenness_p(points, with_hole), plausible);
}

TEST(SpatialSampling, FeaturesOfEqualCodeAreOneRegionWithoutDoubleCover) {
    const auto regions = regions_of(
        {{"a", rectangle(0, 0, 2, 1)}, {"b", rectangle(5, 0, 6, 1)}, {"a", rectangle(1, 0, 3, 1)}});
    EXPECT_EQ(regions->codes(), (std::vector<std::string>{"a", "b"}));
    std::vector<Point> points;
    for (int i = 0; i < samples; ++i) {
        Random random(1, 7, static_cast<std::uint64_t>(i));
        points.push_back(regions->draw_in(0, random));
    }
    EXPECT_GT(evenness_p(points, rectangle(0, 0, 3, 1)), plausible);
}

TEST(SpatialSampling, ABowTieIsMadeValid) {
    const auto* bow_tie = R"({"type":"Polygon","coordinates":[[[0,0],[2,2],[2,0],[0,2],[0,0]]]})";
    const auto* repaired = R"({"type":"MultiPolygon","coordinates":[[[[0,0],[1,1],[0,2],[0,0]]],)"
                           R"([[[2,0],[2,2],[1,1],[2,0]]]]})";
    const auto points = drawn(*regions_of({{"a", bow_tie}}));
    EXPECT_EQ(outside(points, repaired), 0);
    EXPECT_GT(evenness_p(points, repaired), plausible);
}

TEST(SpatialSampling, TheLabelChangesWithShapeAndCode) {
    const auto label = [](const char* code, double x1) {
        return regions_of({{code, rectangle(0, 0, x1, 1)}})->label();
    };
    EXPECT_EQ(label("a", 1), label("a", 1));
    EXPECT_NE(label("a", 1), label("a", 1.0000001));
    EXPECT_NE(label("a", 1), label("b", 1));
    EXPECT_TRUE(label("a", 1).starts_with("regions.geojson:"));
}

} // namespace
} // namespace citusbench::spatial
