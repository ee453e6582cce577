#include "workloads/spatial/shape.hpp"

#include <stdexcept>

namespace citusbench::spatial {
namespace {

/// In degrees, a tenth of a millimetre. The server and GEOS work in doubles and in other orders.
constexpr double edge_width = 1e-9;

} // namespace

Fence::Fence(const Geos& geos, std::span<const unsigned char> ewkb)
    : geos_(geos), polygon_(geos.read_wkb(ewkb)),
      prepared_(GEOSPrepare_r(geos.handle(), polygon_.get())) {
    if (!prepared_) throw std::runtime_error("GEOS cannot prepare the geofence");
    auto* handle = geos.handle();
    GEOSGeom_getXMin_r(handle, polygon_.get(), &bounds_.low.x);
    GEOSGeom_getYMin_r(handle, polygon_.get(), &bounds_.low.y);
    GEOSGeom_getXMax_r(handle, polygon_.get(), &bounds_.high.x);
    GEOSGeom_getYMax_r(handle, polygon_.get(), &bounds_.high.y);
}

Fence::~Fence() {
    GEOSPreparedGeom_destroy_r(geos_.handle(), prepared_);
}

GeometryPtr Fence::point_geometry(Point point) const {
    return geos_.own(GEOSGeom_createPointFromXY_r(geos_.handle(), point.x, point.y));
}

Side Fence::side(Point point) const {
    const auto geometry = point_geometry(point);
    const char is_inside = GEOSPreparedContains_r(geos_.handle(), prepared_, geometry.get());
    return is_inside == 1 ? Side::inside : Side::outside;
}

bool Fence::is_near_edge(Point point) const {
    const auto ring = geos_.own(GEOSBoundary_r(geos_.handle(), polygon_.get()));
    double distance = 0;
    GEOSDistance_r(geos_.handle(), ring.get(), point_geometry(point).get(), &distance);
    return distance < edge_width;
}

} // namespace citusbench::spatial
