#include "workloads/spatial/ewkb.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

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

} // namespace citusbench::spatial
