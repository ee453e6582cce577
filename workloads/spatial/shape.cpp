#include "workloads/spatial/shape.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace citusbench::spatial {
namespace {

constexpr std::uint32_t srid_flag = 0x20000000;
constexpr std::uint32_t point_type = 1;
constexpr std::uint32_t polygon_type = 3;
constexpr std::uint32_t srid = 4326;

template <typename Value>
void put(std::byte*& at, Value value) {
    std::memcpy(at, &value, sizeof value);
    at += sizeof value;
}

void put_header(std::byte*& at, std::uint32_t type) {
    put(at, std::uint8_t{std::endian::native == std::endian::little ? 1 : 0});
    put(at, type | srid_flag);
    put(at, srid);
}

void put_point(std::byte*& at, Point point) {
    put(at, point.x);
    put(at, point.y);
}

} // namespace

PointEwkb point_ewkb(Point point) {
    PointEwkb bytes;
    auto* at = bytes.data();
    put_header(at, point_type);
    put_point(at, point);
    return bytes;
}

std::optional<Point> point_in_ewkb(std::string_view bytes) {
    constexpr std::size_t header = point_ewkb_bytes - 2 * sizeof(double);
    Point point;
    if (bytes.size() != point_ewkb_bytes) return std::nullopt;
    std::memcpy(&point.x, bytes.data() + header, sizeof point.x);
    std::memcpy(&point.y, bytes.data() + header + sizeof point.x, sizeof point.y);
    const auto same = point_ewkb(point);
    if (std::memcmp(same.data(), bytes.data(), header) != 0) return std::nullopt;
    return point;
}

FenceEwkb fence_ewkb(std::span<const Point, fence_corners> corners) {
    FenceEwkb bytes;
    auto* at = bytes.data();
    put_header(at, polygon_type);
    put(at, std::uint32_t{1}); // rings
    put(at, static_cast<std::uint32_t>(fence_corners + 1));
    for (const auto corner : corners) put_point(at, corner);
    put_point(at, corners.front());
    return bytes;
}

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
