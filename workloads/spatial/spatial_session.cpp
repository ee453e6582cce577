#include "workloads/spatial/spatial_session.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace citusbench::spatial {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double metres_per_degree = 20'015'087 / 180.0; // of latitude, mean over the meridian

/// How many degrees of longitude and latitude `metres` are at a latitude; at most half the globe.
Point degrees_of(double metres, double latitude) {
    const double y = metres / metres_per_degree;
    const double shrink = std::max(std::cos(latitude * pi / 180), 1e-6);
    return {std::min(y / shrink, 180.0), std::min(y, 90.0)};
}

Point on_globe(Point point) {
    return {std::clamp(point.x, -180.0, 180.0), std::clamp(point.y, -90.0, 90.0)};
}

bool on_every_shard(Kind kind) {
    switch (kind) {
    case Kind::radius:
    case Kind::bbox:
    case Kind::geofence:
    case Kind::latest_all:
    case Kind::region_count:
    case Kind::last_7_days:
        return true;
    default:
        return false;
    }
}

/// Every run has operations of its own; loaded rows are stream 1.
std::uint64_t stream_of(const RunIdentity& identity) {
    return (1ULL << 32) + identity.run;
}

} // namespace

void SpatialSession::add_point(std::size_t slot, Point point, pg::Params& params) {
    points_[slot] = point_ewkb(point);
    params.add_bytes(points_[slot]);
}

/// The box around the circle of --radius: xmin, ymin, xmax, ymax.
void SpatialSession::add_box(Point centre, pg::Params& params) const {
    const auto half = degrees_of(workload_->settings().radius_m, centre.y);
    const auto low = on_globe({centre.x - half.x, centre.y - half.y});
    const auto high = on_globe({centre.x + half.x, centre.y + half.y});
    for (const double edge : {low.x, low.y, high.x, high.y}) params.add_float8(edge);
}

/// A star-shaped octagon, its corners a quarter to a half of --radius away from the centre. Such a
/// ring never crosses itself, and its inside is not its bounding box.
void SpatialSession::add_fence(Point centre, Random& random, pg::Params& params) {
    const auto reach = degrees_of(workload_->settings().radius_m / 2, centre.y);
    std::array<Point, fence_corners> corners;
    for (std::size_t i = 0; i < fence_corners; ++i) {
        const double angle = 2 * pi * static_cast<double>(i) / static_cast<double>(fence_corners);
        const double share = 0.5 + 0.5 * random.unit();
        corners[i] = on_globe({centre.x + share * reach.x * std::cos(angle),
                               centre.y + share * reach.y * std::sin(angle)});
    }
    fence_ = fence_ewkb(corners);
    params.add_bytes(fence_);
}

/// $1 first id, $2 recorded_at, $3 region, then vehicle and location of each row. The first row is
/// a new position of the vehicle that was aimed at.
void SpatialSession::add_rows(std::uint64_t index, std::size_t rows, const LoadedRow& target,
                              Random& random, pg::Params& params) {
    const auto region = target.place.region;
    params.add_int8(row_id(identity_.run, index));
    params.add_timestamp(identity_.run_time_us + static_cast<std::int64_t>(index));
    params.add_text(workload_->regions().codes()[region]);
    draw_rows(rows, target, random);
    for (std::size_t row = 0; row < rows; ++row) {
        params.add_int4(rows_[row].vehicle);
        add_point(row, rows_[row].location, params);
    }
}

void SpatialSession::draw_rows(std::size_t rows, const LoadedRow& target, Random& random) {
    drawn_index_ = UINT64_MAX;
    for (std::size_t row = 0; row < rows; ++row) {
        const auto vehicle =
            static_cast<std::int32_t>(random.below(workload_->settings().vehicles));
        rows_[row].vehicle = row == 0 ? target.vehicle : vehicle + 1;
        rows_[row].location = workload_->regions().draw_in(target.place.region, random);
    }
}

RoutingKey SpatialSession::key(std::uint64_t index, std::uint32_t kind) {
    if (on_every_shard(static_cast<Kind>(kind))) return {};
    Random random(workload_->seed(), stream_of(identity_), index);
    const auto target = workload_->loaded_row(workload_->chooser()(random));
    return RoutingKey::of(workload_->regions().codes()[target.place.region]);
}

void SpatialSession::make_inserted_row(std::uint64_t index, std::uint32_t kind, std::uint64_t row,
                                       pg::CopyBuffer& out) {
    const auto rows = static_cast<std::uint64_t>(workload_->operations().at(kind).rows);
    if (row >= rows) throw std::logic_error("this operation inserts no such row");
    if (drawn_index_ != index || drawn_kind_ != kind) {
        Random random(workload_->seed(), stream_of(identity_), index);
        const auto target = workload_->loaded_row(workload_->chooser()(random));
        draw_rows(rows, target, random);
        drawn_index_ = index;
        drawn_kind_ = kind;
        drawn_region_ = target.place.region;
    }
    out.begin_row(5);
    out.add_int8(row_id(identity_.run, index, row));
    out.add_int4(rows_[row].vehicle);
    out.add_bytes(point_ewkb(rows_[row].location));
    out.add_timestamp(identity_.run_time_us + static_cast<std::int64_t>(index));
    out.add_text(workload_->regions().codes()[drawn_region_]);
}

void SpatialSession::make(std::uint64_t index, std::uint32_t kind, Operation& operation) {
    Random random(workload_->seed(), stream_of(identity_), index);
    const auto target = workload_->loaded_row(workload_->chooser()(random));
    const std::string_view code = workload_->regions().codes()[target.place.region];
    const auto centre = target.place.point;
    auto& params = operation.params;
    operation.index = index;
    operation.kind = kind;
    operation.key = on_every_shard(static_cast<Kind>(kind)) ? RoutingKey{} : RoutingKey::of(code);
    params.clear();
    switch (static_cast<Kind>(kind)) {
    case Kind::radius_in_region:
        params.add_text(code);
        add_point(0, centre, params);
        params.add_float8(workload_->settings().radius_m);
        return;
    case Kind::bbox_in_region:
        params.add_text(code);
        add_box(centre, params);
        return;
    case Kind::position:
        params.add_text(code);
        params.add_int4(target.vehicle);
        return;
    case Kind::nearest:
        params.add_text(code);
        add_point(0, centre, params);
        return;
    case Kind::insert:
        add_rows(index, 1, target, random, params);
        return;
    case Kind::insert_10:
        add_rows(index, 10, target, random, params);
        return;
    case Kind::insert_100:
        add_rows(index, 100, target, random, params);
        return;
    case Kind::radius:
        add_point(0, centre, params);
        params.add_float8(workload_->settings().radius_m);
        break;
    case Kind::bbox:
        add_box(centre, params);
        break;
    case Kind::geofence:
        add_fence(centre, random, params);
        break;
    case Kind::last_7_days:
        params.add_timestamp(identity_.load_time_us - 7 * day_us);
        params.add_timestamp(identity_.load_time_us);
        break;
    case Kind::latest_all:
    case Kind::region_count:
        break;
    }
}

} // namespace citusbench::spatial
