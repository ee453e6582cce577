#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "workloads/spatial/geos.hpp"
#include "workloads/spatial/regions.hpp"

namespace citusbench::spatial {

// Extended well-known binary of PostGIS, which geometry_recv() reads: byte order, type with the
// SRID flag, SRID 4326, coordinates. Written in the byte order of this machine.

inline constexpr std::size_t point_ewkb_bytes = 1 + 4 + 4 + 16;
using PointEwkb = std::array<std::byte, point_ewkb_bytes>;
PointEwkb point_ewkb(Point point);
/// The inverse; nothing for other bytes.
std::optional<Point> point_in_ewkb(std::string_view bytes);

/// Corners of a geofence; the first is repeated at the end of its ring.
inline constexpr std::size_t fence_corners = 8;
inline constexpr std::size_t fence_ewkb_bytes = 1 + 4 + 4 + 4 + 4 + 16 * (fence_corners + 1);
using FenceEwkb = std::array<std::byte, fence_ewkb_bytes>;
FenceEwkb fence_ewkb(std::span<const Point, fence_corners> corners);

/// In degrees; its edges belong to it.
struct Box {
    Point low;
    Point high;
};
inline constexpr Box whole_world{{-180, -90}, {180, 90}};

/// Where a point lies. On the edge: so near to it that the server may see it either way.
enum class Side : std::uint8_t { outside, edge, inside };

/// What a query asks for.
class Shape {
  public:
    virtual ~Shape() = default;
    Shape() = default;
    Shape(const Shape&) = delete;
    Shape& operator=(const Shape&) = delete;

    /// Holds every point that is not outside.
    virtual Box bounds() const = 0;
    virtual Side side(Point point) const = 0;
    /// A more exact check, where the server's rule differs from side().
    virtual bool is_near_edge(Point /*point*/) const { return false; }
};

/// ST_Within(point, ST_MakeEnvelope(…)): a point on the envelope's edge is not within.
class Envelope final : public Shape {
  public:
    explicit Envelope(const Box& box) : box_(box) {}
    Box bounds() const override { return box_; }
    Side side(Point point) const override {
        const bool is_inside = point.x > box_.low.x && point.x < box_.high.x &&
                               point.y > box_.low.y && point.y < box_.high.y;
        return is_inside ? Side::inside : Side::outside;
    }

  private:
    Box box_;
};

/// ST_Within(point, polygon).
class Fence final : public Shape {
  public:
    Fence(const Geos& geos, std::span<const unsigned char> ewkb);
    ~Fence() override;
    Fence(const Fence&) = delete;
    Fence& operator=(const Fence&) = delete;
    Box bounds() const override { return bounds_; }
    Side side(Point point) const override;
    bool is_near_edge(Point point) const override;

  private:
    GeometryPtr point_geometry(Point point) const;

    const Geos& geos_;
    GeometryPtr polygon_;
    const GEOSPreparedGeometry* prepared_;
    Box bounds_;
};

} // namespace citusbench::spatial
