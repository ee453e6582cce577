#pragma once

#include <array>

#include "workloads/spatial/shape.hpp"

namespace citusbench::spatial {

/// ST_DWithin(geography, centre, radius): the geodesic on WGS84 is at most `radius` metres long. A
/// point within a millimetre of that is on the edge.
///
/// The straight line through the earth decides for most points: its length bounds the geodesic's so
/// closely (to 1e-9 of it at 5 km) that GeographicLib must decide only for very few.
class GeodesicCircle final : public Shape {
  public:
    GeodesicCircle(Point centre, double radius_m);
    Box bounds() const override { return bounds_; }
    Side side(Point point) const override;

  private:
    using Position = std::array<double, 3>; ///< in metres from the middle of the earth

    static Position position(Point point);
    Box find_bounds() const;

    Point centre_;
    double radius_m_;
    Position at_;
    double inside_below_ = 0; ///< square of a chord's length
    double outside_above_;
    Box bounds_;
};

} // namespace citusbench::spatial
