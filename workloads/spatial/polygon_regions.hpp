#pragma once

#include <memory>
#include <string>
#include <vector>

#include "workloads/spatial/regions.hpp"
#include "workloads/spatial/triangulate.hpp"

namespace citusbench::spatial {

/// A region cut into triangles; at least one of them has an area.
struct TriangulatedRegion {
    std::string code;
    std::vector<Triangle> triangles;
};

/// Regions of any shape. Points are spread evenly by area on the sphere: a square kilometre gets as
/// many in the north as in the south; an even spread in degrees would not do that. A place where
/// regions overlap gets the points of each.
///
/// A draw picks a triangle after its area (alias method), a point in it evenly in degrees, and
/// keeps it with probability cos(latitude) over the triangle's greatest; triangles are cut until
/// they span at most 4° of latitude. So thin and ragged polygons cost the same as boxes, and
/// drawing needs no GEOS. The label is `name`:<hash of codes and triangles>.
std::unique_ptr<Regions> make_polygon_regions(const std::string& name,
                                              const std::vector<TriangulatedRegion>& regions);

} // namespace citusbench::spatial
