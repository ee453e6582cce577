#pragma once

#include <cmath>

#include "workloads/spatial/geos.hpp"
#include "workloads/spatial/regions.hpp"

namespace citusbench::spatial {

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
    /// A closer look, where the server sees it otherwise than side().
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
