#include "workloads/spatial/positions.hpp"

#include <cstring>

#include <fmt/format.h>

#include "core/quantity.hpp"
#include "workload/binary_values.hpp"
#include "workloads/spatial/shape.hpp"

namespace citusbench::spatial {
namespace {

// Parameters of an insert: $1 first id, $2 recorded_at, $3 region, then vehicle and place of a row.
constexpr int recorded_param = 1;
constexpr int region_param = 2;
constexpr int first_row_param = 3;

} // namespace

Positions::Positions(const SpatialWorkload& workload, const RunIdentity& identity, const Geos& geos)
    : run_(identity.run), session_(workload, identity),
      index_(geos, [this](Number number) { return positions_[number].point; }) {
    const auto points = workload.settings().points;
    if (points > most)
        throw CheckingEnded(fmt::format("the database holds {} positions; answers are checked up "
                                        "to {}, which are held in memory",
                                        format_count(points), format_count(most)));
    const auto& codes = workload.regions().codes();
    for (std::uint32_t i = 0; i < codes.size(); ++i) regions_.emplace(codes[i], i);
    loaded_by_region_.resize(codes.size());
    positions_.reserve(points);
    for (std::uint64_t row = 0; row < points; ++row) {
        const auto loaded = workload.loaded_row(row);
        positions_.push_back({loaded.place.point, identity.load_time_us - loaded.before_load_us,
                              loaded.place.region, loaded.vehicle});
        loaded_by_region_[loaded.place.region].push_back(static_cast<Number>(row));
    }
    loaded_ = static_cast<Number>(points);
    index_.grow(loaded_);
}

void Positions::add(const WriteOutcome& write) {
    if (write.outcome != Outcome::ok && write.outcome != Outcome::unknown) return;
    operation_.params.clear();
    session_.make(write.index, write.kind, operation_);
    const auto& params = operation_.params;
    const auto rows = (params.count() - first_row_param) / 2;
    if (positions_.size() + static_cast<std::size_t>(rows) > most)
        throw CheckingEnded(fmt::format("the run has inserted positions until there were more than "
                                        "{}, which is the limit in memory",
                                        format_count(most)));
    const auto number = static_cast<std::uint32_t>(writes_.size());
    const auto done = write.outcome == Outcome::ok ? write.done : never;
    writes_.push_back({write.index, write.sent, done, static_cast<Number>(positions_.size())});
    by_index_.emplace(write.index, number);
    Position position;
    position.recorded_us = timestamp_in(param_bytes(params, recorded_param));
    position.region = regions_.at(param_bytes(params, region_param));
    for (int row = 0; row < rows; ++row) {
        position.vehicle = integer_in<std::int32_t>(param_bytes(params, first_row_param + 2 * row));
        position.point = *point_in_ewkb(param_bytes(params, first_row_param + 2 * row + 1));
        inserted_[vehicle_key(position.region, position.vehicle)].push_back(
            static_cast<Number>(positions_.size()));
        positions_.push_back(position);
        write_numbers_.push_back(number);
    }
    index_.grow(static_cast<Number>(positions_.size()));
}

std::optional<Positions::Number> Positions::find(std::int64_t id) const {
    if (run_of_row(id) == 0) {
        if (id < 1 || id > std::int64_t{loaded_}) return std::nullopt;
        return static_cast<Number>(id - 1);
    }
    const auto found = by_index_.find(index_of_row(id));
    if (run_of_row(id) != run_ || found == by_index_.end()) return std::nullopt;
    const auto& write = writes_[found->second];
    const auto number =
        std::uint64_t{write.first} + static_cast<std::uint64_t>(id - row_id(run_, write.index));
    if (number >= positions_.size() || write_numbers_[number - loaded_] != found->second)
        return std::nullopt;
    return static_cast<Number>(number);
}

std::int64_t Positions::id(Number number) const {
    if (number < loaded_) return std::int64_t{number} + 1;
    const auto& write = write_of(number);
    return row_id(run_, write.index, number - write.first);
}

std::string Positions::describe(Number number, const Answer& answer) const {
    if (number < loaded_) return fmt::format("loaded row {}", id(number));
    const auto& write = write_of(number);
    if (write.done >= answer.sent)
        return fmt::format("row {} (insert {})", id(number), write.index);
    return fmt::format("row {} (insert {}), acknowledged {} before this was asked,", id(number),
                       write.index, format_duration(Nanoseconds(answer.sent - write.done)));
}

std::optional<std::uint32_t> Positions::region(std::string_view code) const {
    const auto found = regions_.find(code);
    if (found == regions_.end()) return std::nullopt;
    return found->second;
}

} // namespace citusbench::spatial
