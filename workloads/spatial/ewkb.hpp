#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

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

} // namespace citusbench::spatial
