#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

#include <GeographicLib/Geodesic.hpp>

#include "support/answer_builder.hpp"
#include "unit/spatial_support.hpp"
#include "workloads/spatial/operations.hpp"

namespace citusbench::spatial {

using test::BinaryRow;

inline const std::vector<std::string> row_columns = {"id", "vehicle_id", "location", "recorded_at"};

template <typename Integer>
std::string wire(Integer value) {
    const auto bytes = pg::to_wire(value);
    return {bytes.begin(), bytes.end()};
}

inline double geodesic_m(Point a, Point b) {
    double metres = 0;
    GeographicLib::Geodesic::WGS84().Inverse(a.y, a.x, b.y, b.x, metres);
    return metres;
}

/// A database that holds the loaded rows and some inserted ones, and answers by looking at all.
class SpatialAnswersTest : public testing::Test {
  protected:
    explicit SpatialAnswersTest(const Options& options = {{"points", "5000"}, {"vehicles", "50"}},
                                std::uint64_t run = 1)
        : identity_{run, test_load_time_us, test_load_time_us + day_us},
          workload_(workload_with(options)), session_(workload_->session(identity_)),
          checker_(workload_->answer_checker(identity_, std::vector<double>(13, 1.0))),
          rows_(loaded_rows(*workload_, workload_->row_count(0))) {}

    std::vector<std::string> params(Kind kind, std::uint64_t index) const {
        Operation operation;
        session_->make(index, static_cast<std::uint32_t>(kind), operation);
        std::vector<std::string> texts;
        for (int i = 0; i < operation.params.count(); ++i)
            texts.emplace_back(operation.params.values()[i],
                               static_cast<std::size_t>(operation.params.lengths()[i]));
        return texts;
    }

    /// The rows of an insert, told to the checker and, if `visible`, in the database.
    std::vector<Row> insert(Kind kind, std::uint64_t index, Ticks sent, Ticks done,
                            Outcome outcome = Outcome::ok, bool visible = true) {
        checker_->add({index, static_cast<std::uint32_t>(kind), outcome, sent, done});
        const auto p = params(kind, index);
        std::vector<Row> made;
        for (std::size_t i = 3; i + 1 < p.size(); i += 2) {
            Row row;
            row.id = row_id(identity_.run, index, made.size());
            row.vehicle = pg::from_wire<std::int32_t>(p[i].data());
            row.ewkb = p[i + 1];
            row.point = point_of(row.ewkb);
            row.recorded_us = pg::from_wire<std::int64_t>(p[1].data()) + pg::postgres_epoch_us;
            row.region = p[2];
            made.push_back(row);
        }
        if (visible) rows_.insert(rows_.end(), made.begin(), made.end());
        return made;
    }

    static double number(const std::string& param) {
        return std::bit_cast<double>(pg::from_wire<std::int64_t>(param.data()));
    }
    /// Even-odd rule over the ring of a fence's EWKB.
    static bool in_ring(const std::string& ewkb, Point p) {
        std::vector<Point> ring;
        for (std::size_t at = 17; at + 16 <= ewkb.size(); at += 16) {
            Point corner;
            std::memcpy(&corner.x, ewkb.data() + at, 8);
            std::memcpy(&corner.y, ewkb.data() + at + 8, 8);
            ring.push_back(corner);
        }
        bool inside = false;
        for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
            const auto a = ring[i];
            const auto b = ring[i + 1];
            if ((a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x))
                inside = !inside;
        }
        return inside;
    }
    static bool in_box(const std::vector<std::string>& p, std::size_t at, Point point) {
        return point.x > number(p[at]) && point.y > number(p[at + 1]) &&
               point.x < number(p[at + 2]) && point.y < number(p[at + 3]);
    }

    bool matches(Kind kind, const std::vector<std::string>& p, const Row& row) const {
        switch (kind) {
        case Kind::radius_in_region:
            return row.region == p[0] && geodesic_m(row.point, point_of(p[1])) <= number(p[2]);
        case Kind::radius:
            return geodesic_m(row.point, point_of(p[0])) <= number(p[1]);
        case Kind::bbox_in_region:
            return row.region == p[0] && in_box(p, 1, row.point);
        case Kind::bbox:
            return in_box(p, 0, row.point);
        case Kind::geofence:
            return in_ring(p[0], row.point);
        case Kind::nearest:
            return row.region == p[0];
        case Kind::position:
            return row.region == p[0] && row.vehicle == pg::from_wire<std::int32_t>(p[1].data());
        default:
            return false;
        }
    }

    /// What the database answers; `nearest` is how many rows a nearest query asks for.
    std::vector<Row> answer(Kind kind, std::uint64_t index, std::size_t nearest = 10) const {
        const auto p = params(kind, index);
        std::vector<Row> found;
        for (const auto& row : rows_)
            if (matches(kind, p, row)) found.push_back(row);
        if (kind == Kind::position) {
            std::sort(found.begin(), found.end(),
                      [](auto& a, auto& b) { return a.recorded_us > b.recorded_us; });
            found.resize(std::min<std::size_t>(found.size(), 1));
        } else if (kind == Kind::nearest) {
            const auto centre = point_of(p[1]);
            const auto distance = [&](const Row& row) {
                return std::hypot(row.point.x - centre.x, row.point.y - centre.y);
            };
            std::sort(found.begin(), found.end(),
                      [&](auto& a, auto& b) { return distance(a) < distance(b); });
            found.resize(std::min(found.size(), nearest));
        }
        return found;
    }

    static BinaryRow fields(const Row& row, bool with_vehicle = true) {
        BinaryRow fields = {wire(row.id), wire(row.vehicle), row.ewkb,
                            wire(row.recorded_us - pg::postgres_epoch_us)};
        if (!with_vehicle) fields.erase(fields.begin() + 1);
        return fields;
    }

    std::string check_fields(Kind kind, std::uint64_t index,
                             const std::vector<std::string>& columns,
                             const std::vector<BinaryRow>& rows, Ticks sent = 1000,
                             Ticks done = 1100) {
        return checker_
            ->check({index, static_cast<std::uint32_t>(kind), sent, done,
                     test::make_result(columns, rows)})
            .value_or("");
    }
    /// What the checker says; "" where the answer may be so.
    std::string check(Kind kind, std::uint64_t index, const std::vector<Row>& rows,
                      Ticks sent = 1000, Ticks done = 1100) {
        auto columns = row_columns;
        const bool with_vehicle = kind != Kind::position;
        if (!with_vehicle) columns.erase(columns.begin() + 1);
        std::vector<BinaryRow> binary;
        for (const auto& row : rows) binary.push_back(fields(row, with_vehicle));
        return check_fields(kind, index, columns, binary, sent, done);
    }
    std::string check_right(Kind kind, std::uint64_t index) {
        return check(kind, index, answer(kind, index));
    }

    RunIdentity identity_;
    std::unique_ptr<Workload> workload_;
    std::unique_ptr<Session> session_;
    std::unique_ptr<AnswerChecker> checker_;
    std::vector<Row> rows_; ///< in the database
};

} // namespace citusbench::spatial
