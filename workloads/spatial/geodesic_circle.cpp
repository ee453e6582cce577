#include "workloads/spatial/geodesic_circle.hpp"

#include <algorithm>
#include <numbers>

#include <GeographicLib/Geodesic.hpp>

namespace citusbench::spatial {
namespace {

constexpr double edge_m = 1e-3;
constexpr double degree = std::numbers::pi / 180;
constexpr double equator_radius = 6378137; // WGS84
constexpr double flattening = 1 / 298.257223563;
constexpr double eccentricity2 = flattening * (2 - flattening);
// The ellipsoid's radii of curvature lie between that of the meridian at the equator and that at a
// pole. A geodesic bends as sections of the surface do, so a chord of it is no shorter than that of
// a circle of the least radius, and no longer than that of the greatest.
constexpr double min_radius = equator_radius * (1 - eccentricity2);
constexpr double greatest_radius = equator_radius / (1 - flattening);
/// Beyond this radius the chords may no longer bound the geodesics: GeographicLib decides.
constexpr double max_by_chord_m = 5'000'000;
constexpr double chord_rounding = 1e-9; // of squares of chords

double chord2(double arc_m, double radius) {
    const double chord = 2 * radius * std::sin(arc_m / (2 * radius));
    return chord * chord;
}

} // namespace

GeodesicCircle::GeodesicCircle(Point centre, double radius_m)
    : centre_(centre), radius_m_(radius_m), at_(position(centre)),
      outside_above_(4 * equator_radius * equator_radius), bounds_(find_bounds()) {
    if (radius_m > max_by_chord_m) {
        // A point within the longest arc that the chords allow is within the radius, too.
        inside_below_ = chord2(max_by_chord_m, min_radius);
        return;
    }
    if (radius_m > edge_m)
        inside_below_ = chord2(radius_m - edge_m, min_radius) * (1 - chord_rounding);
    outside_above_ = chord2(radius_m + edge_m, greatest_radius) * (1 + chord_rounding);
}

GeodesicCircle::Position GeodesicCircle::position(Point point) {
    const double sine = std::sin(point.y * degree);
    const double cosine = std::cos(point.y * degree);
    const double normal = equator_radius / std::sqrt(1 - eccentricity2 * sine * sine);
    return {normal * cosine * std::cos(point.x * degree),
            normal * cosine * std::sin(point.x * degree), normal * (1 - eccentricity2) * sine};
}

Side GeodesicCircle::side(Point point) const {
    const auto at = position(point);
    double square = 0;
    for (std::size_t i = 0; i < at.size(); ++i) square += (at[i] - at_[i]) * (at[i] - at_[i]);
    if (square < inside_below_) return Side::inside;
    if (square > outside_above_) return Side::outside;
    double distance_m = 0;
    GeographicLib::Geodesic::WGS84().Inverse(centre_.y, centre_.x, point.y, point.x, distance_m);
    if (std::abs(distance_m - radius_m_) <= edge_m) return Side::edge;
    return distance_m < radius_m_ ? Side::inside : Side::outside;
}

/// The box around a circle on the sphere of the least radius, which reaches furthest in degrees;
/// the whole width where it holds a pole or the date line.
Box GeodesicCircle::find_bounds() const {
    const double reach = (radius_m_ + 1) / min_radius * 1.001; // radians
    const double half_height = reach / degree * (1 + flattening);
    const Box wide{{-180, std::max(centre_.y - half_height, -90.0)},
                   {180, std::min(centre_.y + half_height, 90.0)}};
    // Geodetic latitudes are up to a fifth of a degree off those of the sphere.
    const double nearest_pole = 90 - std::abs(centre_.y) - 0.2;
    if (nearest_pole <= half_height) return wide;
    const double half_width =
        std::asin(std::min(1.0, std::sin(reach) / std::sin(nearest_pole * degree))) / degree * 1.01;
    if (centre_.x - half_width < -180 || centre_.x + half_width > 180) return wide;
    return {{centre_.x - half_width, wide.low.y}, {centre_.x + half_width, wide.high.y}};
}

} // namespace citusbench::spatial
