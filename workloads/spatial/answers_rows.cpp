#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "workload/binary_values.hpp"
#include "workloads/spatial/answers.hpp"
#include "workloads/spatial/shape.hpp"

namespace citusbench::spatial {
namespace {

constexpr int max_nearest = 10;
/// In degrees: by so much the server's distances may differ in distance_rounding.
constexpr double distance_rounding = 1e-12;

} // namespace

/// The row, compared with what it must hold; nothing where it is one of another run.
std::optional<SpatialAnswers::Number> SpatialAnswers::read_row(const Answer& answer, int row,
                                                               const RowColumns& columns) const {
    const auto& result = answer.result;
    const auto id = int8_in(result.text(row, columns.id));
    const auto number = positions_->find(id);
    if (!number) {
        const auto run = run_of_row(id);
        if (run != 0 && run != identity_.run) return std::nullopt;
        throw WrongAnswer(fmt::format(
            "row {} is there, though it was not loaded and its insert failed or was never sent",
            id));
    }
    const auto& position = (*positions_)[*number];
    const auto wrong = [&](const char* what) {
        return WrongAnswer(fmt::format("row {} has a wrong {}", id, what));
    };
    const auto point = point_in_ewkb(result.text(row, columns.location));
    if (!point || point->x != position.point.x || point->y != position.point.y)
        throw wrong("location");
    if (columns.vehicle >= 0 &&
        integer_in<std::int32_t>(result.text(row, columns.vehicle)) != position.vehicle)
        throw wrong("vehicle");
    if (timestamp_in(result.text(row, columns.recorded)) != position.recorded_us)
        throw wrong("time");
    return number;
}

void SpatialAnswers::expect_region(Number number, std::uint32_t region) const {
    const auto& position = (*positions_)[number];
    if (position.region != region)
        throw WrongAnswer(fmt::format("row {} is there and belongs to region {}",
                                      positions_->id(number),
                                      workload_.regions().codes()[position.region]));
}

void SpatialAnswers::check_nearest(const Answer& answer) {
    constexpr RowColumns columns{0, 1, 2, 3, 4};
    expect_columns(answer.result, columns.count);
    const auto region = asked_region();
    const auto centre = asked_point(1);
    const auto distance = [&](Point p) { return std::hypot(p.x - centre.x, p.y - centre.y); };
    const int rows = answer.result.rows();
    if (rows > max_nearest)
        throw WrongAnswer(fmt::format("{} rows where {} were asked for", rows, max_nearest));
    std::vector<Number> seen;
    double last = 0;
    for (int row = 0; row < rows; ++row) {
        const auto number = read_row(answer, row, columns);
        const auto id = int8_in(answer.result.text(row, columns.id));
        const auto point = point_in_ewkb(answer.result.text(row, columns.location));
        if (!point) throw WrongAnswer(fmt::format("row {} has a wrong location", id));
        const double here = distance(*point);
        if (here < last - distance_rounding)
            throw WrongAnswer(fmt::format("row {} stands below a row that is farther away", id));
        last = std::max(last, here);
        if (!number) {
            other_runs_ = true;
            continue;
        }
        expect_region(*number, region);
        if (!positions_->may_be_in(*number, answer))
            throw WrongAnswer(fmt::format("row {} was sent only after this answer had come", id));
        if (std::find(seen.begin(), seen.end(), *number) != seen.end())
            throw WrongAnswer(fmt::format("row {} is there twice", id));
        seen.push_back(*number);
    }
    const bool is_full = rows == max_nearest;
    const Box box =
        is_full ? Box{{centre.x - last, centre.y - last}, {centre.x + last, centre.y + last}}
                : whole_world;
    positions_->query(box, [&](Number number) {
        const auto& position = (*positions_)[number];
        if (position.region != region || !positions_->must_be_in(number, answer)) return;
        if (is_full && distance(position.point) >= last - distance_rounding) return;
        if (std::find(seen.begin(), seen.end(), number) == seen.end())
            throw WrongAnswer(
                fmt::format("{} is missing{}", positions_->describe(number, answer),
                            is_full ? " and nearer than the last of the answer" : ""));
    });
}

void SpatialAnswers::check_position(const Answer& answer) {
    constexpr RowColumns columns{0, -1, 1, 2, 3};
    expect_columns(answer.result, columns.count);
    const auto region = asked_region();
    const auto vehicle = integer_in<std::int32_t>(param_bytes(asked().params, 1));
    const int rows = answer.result.rows();
    if (rows > 1) throw WrongAnswer(fmt::format("vehicle {} has {} rows", vehicle, rows));
    auto recorded_us = std::numeric_limits<std::int64_t>::min();
    if (rows == 1) {
        recorded_us = timestamp_in(answer.result.text(0, columns.recorded));
        if (const auto number = read_row(answer, 0, columns)) {
            expect_region(*number, region);
            if ((*positions_)[*number].vehicle != vehicle)
                throw WrongAnswer(fmt::format("row {} is one of vehicle {}, not of {}",
                                              positions_->id(*number),
                                              (*positions_)[*number].vehicle, vehicle));
            if (!positions_->may_be_in(*number, answer))
                throw WrongAnswer(fmt::format("row {} was sent only after this answer had come",
                                              positions_->id(*number)));
        } else {
            other_runs_ = true;
        }
    }
    positions_->of_vehicle(region, vehicle, [&](Number number) {
        if ((*positions_)[number].recorded_us > recorded_us &&
            positions_->must_be_in(number, answer))
            throw WrongAnswer(fmt::format("vehicle {}: {} is missing and the later position",
                                          vehicle, positions_->describe(number, answer)));
    });
}

std::vector<std::uint64_t> SpatialAnswers::loaded_counts(Kind kind) const {
    std::vector<std::uint64_t> counts(workload_.regions().codes().size());
    const auto after = kind == Kind::last_7_days ? identity_.load_time_us - 7 * day_us
                                                 : std::numeric_limits<std::int64_t>::min();
    for (Number number = 0; number < positions_->loaded(); ++number) {
        const auto& position = (*positions_)[number];
        counts[position.region] += position.recorded_us > after ? 1U : 0U;
    }
    return counts;
}

/// Inserted rows were recorded after the load, which last_7_days ends with.
void SpatialAnswers::check_region_counts(const Answer& answer, Kind kind) {
    expect_columns(answer.result, 2);
    const auto& codes = workload_.regions().codes();
    auto least = loaded_counts(kind);
    auto most = least;
    for (std::size_t i = 0; kind == Kind::region_count && i < codes.size(); ++i) {
        least[i] += inserted_[i].least(answer.sent);
        most[i] += inserted_[i].most(answer.done);
    }
    std::vector<std::optional<std::uint64_t>> counts(codes.size());
    for (int row = 0; row < answer.result.rows(); ++row) {
        const auto region = positions_->region(answer.result.text(row, 0));
        if (!region)
            throw WrongAnswer(fmt::format("there is no region {}", answer.result.text(row, 0)));
        if (counts[*region])
            throw WrongAnswer(fmt::format("region {} is there twice", codes[*region]));
        counts[*region] = static_cast<std::uint64_t>(int8_in(answer.result.text(row, 1)));
    }
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const auto count = counts[i].value_or(0);
        const bool is_open = kind == Kind::region_count && other_runs_;
        if (count < least[i] || (count > most[i] && !is_open))
            throw WrongAnswer(fmt::format("region {} counts {} rows, from {} to {} can be there",
                                          codes[i], count, least[i], most[i]));
    }
}

} // namespace citusbench::spatial
