#include <fmt/format.h>

#include "workload/binary_values.hpp"
#include "workloads/spatial/answers.hpp"
#include "workloads/spatial/shape.hpp"

namespace citusbench::spatial {
namespace {

constexpr std::uint32_t marks = 4; ///< values of Mark

} // namespace

SpatialAnswers::Mark SpatialAnswers::mark(Number number) const {
    const auto value = marks_[number];
    return value / marks == answer_number_ ? static_cast<Mark>(value % marks) : Mark::none;
}

void SpatialAnswers::set_mark(Number number, Mark mark) {
    marks_[number] = answer_number_ * marks + static_cast<std::uint32_t>(mark);
}

/// Marks what may and what must be in the answer; how many must.
std::size_t SpatialAnswers::mark_candidates(const Answer& answer, const Shape& shape,
                                            std::optional<std::uint32_t> region) {
    marks_.resize(positions_->size());
    if (++answer_number_ == UINT32_MAX / marks) {
        marks_.assign(marks_.size(), 0);
        answer_number_ = 1;
    }
    std::size_t musts = 0;
    positions_->query(shape.bounds(), [&](Number number) {
        const auto& position = (*positions_)[number];
        if ((region && position.region != *region) || !positions_->may_be_in(number, answer))
            return;
        const auto side = shape.side(position.point);
        if (side == Side::outside) return;
        const bool must = side == Side::inside && positions_->must_be_in(number, answer);
        set_mark(number, must ? Mark::must : Mark::may);
        musts += must ? 1U : 0U;
    });
    return musts;
}

/// Throws if a row of the answer that is not marked, or comes a second time, cannot be there.
void SpatialAnswers::expect_within(const Answer& answer, const Shape& shape,
                                   std::optional<std::uint32_t> region, Number number) {
    if (mark(number) == Mark::seen)
        throw WrongAnswer(fmt::format("row {} is there twice", positions_->id(number)));
    if (region) expect_region(number, *region);
    if (!positions_->may_be_in(number, answer))
        throw WrongAnswer(
            fmt::format("row {} was sent only after this answer had come", positions_->id(number)));
    if (!shape.is_near_edge((*positions_)[number].point))
        throw WrongAnswer(fmt::format("row {} is there and lies outside", positions_->id(number)));
}

void SpatialAnswers::check_within(const Answer& answer, const Shape& shape,
                                  std::optional<std::uint32_t> region) {
    constexpr RowColumns columns{0, 1, 2, 3, 4};
    expect_columns(answer.result, columns.count);
    const auto musts = mark_candidates(answer, shape, region);
    std::size_t found = 0;
    for (int row = 0; row < answer.result.rows(); ++row) {
        const auto number = read_row(answer, row, columns);
        if (!number) {
            other_runs_ = true;
            const auto point = point_in_ewkb(answer.result.text(row, columns.location));
            if (!point || (shape.side(*point) == Side::outside && !shape.is_near_edge(*point)))
                throw WrongAnswer(fmt::format("row {} is there and lies outside",
                                              int8_in(answer.result.text(row, columns.id))));
            continue;
        }
        const auto known = mark(*number);
        if (known == Mark::must)
            ++found;
        else if (known != Mark::may)
            expect_within(answer, shape, region, *number);
        set_mark(*number, Mark::seen);
    }
    if (found == musts) return;
    positions_->query(shape.bounds(), [&](Number number) {
        if (mark(number) == Mark::must && !shape.is_near_edge((*positions_)[number].point))
            throw WrongAnswer(fmt::format("{} is missing; of {} rows that must be there, {} are",
                                          positions_->describe(number, answer), musts, found));
    });
}

} // namespace citusbench::spatial
