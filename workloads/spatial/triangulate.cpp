#include "workloads/spatial/triangulate.hpp"

#include <cmath>
#include <stdexcept>

namespace citusbench::spatial {
namespace {

constexpr int max_splits = 24;
constexpr double area_tolerance = 1e-9; // relative

Triangle read_triangle(const Geos& geos, const GEOSGeometry* polygon) {
    const auto* ring = GEOSGetExteriorRing_r(geos.handle(), polygon);
    const auto* points = GEOSGeom_getCoordSeq_r(geos.handle(), ring);
    Triangle triangle;
    for (unsigned int i = 0; i < triangle.size(); ++i)
        GEOSCoordSeq_getXY_r(geos.handle(), points, i, &triangle[i].x, &triangle[i].y);
    return triangle;
}

/// The triangles of one polygon, or none if GEOS fails or they do not cover it.
std::vector<Triangle> try_delaunay(const Geos& geos, const GEOSGeometry* polygon, double area) {
    const GeometryPtr parts(GEOSConstrainedDelaunayTriangulation_r(geos.handle(), polygon),
                            GeometryDeleter{geos.handle()});
    if (!parts) return {};
    std::vector<Triangle> triangles;
    double covered = 0;
    for (const auto* part : geos.polygons(parts.get())) {
        triangles.push_back(read_triangle(geos, part));
        covered += planar_area(triangles.back());
    }
    if (std::abs(covered - area) > area_tolerance * area) return {};
    return triangles;
}

void add_polygon(const Geos& geos, const GEOSGeometry* polygon, int splits,
                 std::vector<Triangle>& out);

/// Halves the polygon across its longer side. Holes that touch a ring are what GEOS before 3.12
/// stumbles over, and halves have fewer of them.
void add_halves(const Geos& geos, const GEOSGeometry* polygon, int splits,
                std::vector<Triangle>& out) {
    double min_x = 0;
    double min_y = 0;
    double max_x = 0;
    double max_y = 0;
    if (splits == 0 ||
        !GEOSGeom_getExtent_r(geos.handle(), polygon, &min_x, &min_y, &max_x, &max_y))
        throw std::runtime_error("GEOS cannot cut it into triangles");
    const bool wide = max_x - min_x > max_y - min_y;
    const double x = wide ? (min_x + max_x) / 2 : max_x;
    const double y = wide ? max_y : (min_y + max_y) / 2;
    const auto first = geos.box(min_x, min_y, x, y);
    const auto second = geos.box(wide ? x : min_x, wide ? min_y : y, max_x, max_y);
    for (const auto* half : {first.get(), second.get()}) {
        const auto part = geos.intersection(polygon, half);
        for (const auto* piece : geos.polygons(part.get()))
            add_polygon(geos, piece, splits - 1, out);
    }
}

void add_polygon(const Geos& geos, const GEOSGeometry* polygon, int splits,
                 std::vector<Triangle>& out) {
    const double area = geos.area(polygon);
    // Splitting can leave slivers without an area, in which no point lies.
    if (!(area > 0)) return;
    const auto triangles = try_delaunay(geos, polygon, area);
    if (triangles.empty()) {
        add_halves(geos, polygon, splits, out);
        return;
    }
    for (const auto& triangle : triangles)
        if (planar_area(triangle) > 0) out.push_back(triangle);
}

} // namespace

double planar_area(const Triangle& t) {
    return std::abs((t[1].x - t[0].x) * (t[2].y - t[0].y) - (t[2].x - t[0].x) * (t[1].y - t[0].y)) /
           2;
}

std::vector<Triangle> triangulate(const Geos& geos, const GEOSGeometry* geometry) {
    std::vector<Triangle> triangles;
    for (const auto* polygon : geos.polygons(geometry))
        add_polygon(geos, polygon, max_splits, triangles);
    return triangles;
}

} // namespace citusbench::spatial
