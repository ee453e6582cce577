#pragma once

#include <array>
#include <vector>

#include "workloads/spatial/geos.hpp"
#include "workloads/spatial/regions.hpp"

namespace citusbench::spatial {

using Triangle = std::array<Point, 3>;

/// Cuts the polygons of a valid geometry into triangles that cover them exactly, holes left out:
/// constrained Delaunay triangulation by GEOS, its area checked against the polygon's. Throws
/// std::runtime_error where GEOS cannot do it.
std::vector<Triangle> triangulate(const Geos& geos, const GEOSGeometry* geometry);

/// Planar area in square degrees.
double planar_area(const Triangle& triangle);

} // namespace citusbench::spatial
