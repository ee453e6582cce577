#include "workloads/spatial/answers.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "workload/binary_values.hpp"
#include "workloads/spatial/geodesic_circle.hpp"
#include "workloads/spatial/shape.hpp"

namespace citusbench::spatial {

SpatialAnswers::SpatialAnswers(const SpatialWorkload& workload, const RunIdentity& identity,
                               std::span<const double> weights)
    : ReplayChecker("region"), workload_(workload), identity_(identity),
      other_runs_(identity.run > 1), session_(workload, identity) {
    if (weight_of(weights, Kind::region_count) > 0)
        inserted_.resize(workload.regions().codes().size());
}

bool SpatialAnswers::checks(std::uint32_t kind) const {
    switch (static_cast<Kind>(kind)) {
    case Kind::radius_in_region:
    case Kind::radius:
    case Kind::bbox_in_region:
    case Kind::bbox:
    case Kind::position:
    case Kind::nearest:
    case Kind::geofence:
    case Kind::last_7_days:
        return true;
    case Kind::region_count:
        return !inserted_.empty();
    case Kind::insert:
    case Kind::insert_10:
    case Kind::insert_100:
    case Kind::latest_all:
        break;
    }
    return false;
}

Positions& SpatialAnswers::positions() {
    if (!positions_) positions_ = std::make_unique<Positions>(workload_, identity_, geos_);
    return *positions_;
}

void SpatialAnswers::add(const WriteOutcome& write) {
    positions().add(write);
    if (inserted_.empty()) return;
    const auto key = session_.key(write.index, write.kind);
    inserted_[*positions_->region(key.text)].add(
        write, static_cast<std::uint32_t>(workload_.operations()[write.kind].rows));
}

void SpatialAnswers::forget_before(Ticks moment) {
    for (auto& counter : inserted_) counter.forget_before(moment);
}

void SpatialAnswers::check_operation(const Answer& answer) {
    positions();
    const auto kind = static_cast<Kind>(answer.kind);
    const auto& params = asked().params;
    switch (kind) {
    case Kind::radius_in_region:
        return check_within(answer,
                            GeodesicCircle(asked_point(1), float8_in(param_bytes(params, 2))),
                            asked_region());
    case Kind::radius:
        return check_within(answer,
                            GeodesicCircle(asked_point(0), float8_in(param_bytes(params, 1))), {});
    case Kind::bbox_in_region:
        return check_within(answer, Envelope(asked_box(1)), asked_region());
    case Kind::bbox:
        return check_within(answer, Envelope(asked_box(0)), {});
    case Kind::geofence: {
        const auto ewkb = param_bytes(params, 0);
        return check_within(
            answer,
            Fence(geos_, {reinterpret_cast<const unsigned char*>(ewkb.data()), ewkb.size()}), {});
    }
    case Kind::nearest:
        return check_nearest(answer);
    case Kind::position:
        return check_position(answer);
    case Kind::region_count:
    case Kind::last_7_days:
        return check_region_counts(answer, kind);
    case Kind::insert:
    case Kind::insert_10:
    case Kind::insert_100:
    case Kind::latest_all:
        throw std::logic_error("answers of this kind are not checked");
    }
}

std::uint32_t SpatialAnswers::asked_region() const {
    return positions_->region(param_bytes(asked().params, 0)).value();
}

Point SpatialAnswers::asked_point(int param) const {
    return point_in_ewkb(param_bytes(asked().params, param)).value();
}

Box SpatialAnswers::asked_box(int first_param) const {
    const auto edge = [&](int i) {
        return float8_in(param_bytes(asked().params, first_param + i));
    };
    return {{edge(0), edge(1)}, {edge(2), edge(3)}};
}

} // namespace citusbench::spatial
