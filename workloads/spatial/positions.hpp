#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "workload/answer_checker.hpp"
#include "workloads/spatial/point_index.hpp"
#include "workloads/spatial/spatial_session.hpp"
#include "workloads/spatial/spatial_workload.hpp"

namespace citusbench::spatial {

/// A row of vehicle_locations.
struct Position {
    Point point;
    std::int64_t recorded_us = 0;
    std::uint32_t region = 0;
    std::int32_t vehicle = 0;
};

/// Every row that was loaded or that a write of the run may have added, by number: loaded rows
/// first, in their order.
class Positions {
  public:
    using Number = PointIndex::Number;
    /// This number of rows needs about 500 MB.
    static constexpr std::uint64_t most = 5'000'000;

    /// Makes the loaded rows again. `workload` and `geos` must outlive it. Throws CheckingEnded.
    Positions(const SpatialWorkload& workload, const RunIdentity& identity, const Geos& geos);
    Positions(const Positions&) = delete; // the index asks this object
    Positions& operator=(const Positions&) = delete;
    ~Positions() = default;

    /// The rows of an insert that was acknowledged, or may have happened. Throws CheckingEnded.
    void add(const WriteOutcome& write);

    std::size_t size() const { return positions_.size(); }
    const Position& operator[](Number number) const { return positions_[number]; }
    bool must_be_in(Number number, const Answer& answer) const {
        return number < loaded_ || write_of(number).done < answer.sent;
    }
    bool may_be_in(Number number, const Answer& answer) const {
        return number < loaded_ || write_of(number).sent < answer.done;
    }
    /// The row with this id, which is one of this run's or a loaded one.
    std::optional<Number> find(std::int64_t id) const;
    std::int64_t id(Number number) const;
    /// "row 17", "row 8796093023616 (insert 1), acknowledged 3 ms before it was asked for".
    std::string describe(Number number, const Answer& answer) const;

    /// visit(number) for every row in the box.
    template <typename Visit>
    void query(const Box& box, Visit visit) const {
        index_.query(box, visit);
    }
    /// visit(number) for the latest loaded row of the vehicle in the region, and for inserted ones.
    template <typename Visit>
    void of_vehicle(std::uint32_t region, std::int32_t vehicle, Visit visit) const {
        // Loaded times rise with the row.
        const auto& rows = loaded_by_region_[region];
        const auto latest = std::find_if(rows.rbegin(), rows.rend(), [&](Number number) {
            return positions_[number].vehicle == vehicle;
        });
        if (latest != rows.rend()) visit(*latest);
        const auto found = inserted_.find(vehicle_key(region, vehicle));
        if (found == inserted_.end()) return;
        for (const auto number : found->second) visit(number);
    }

    std::optional<std::uint32_t> region(std::string_view code) const;
    std::uint64_t loaded() const { return loaded_; }

  private:
    struct Write {
        std::uint64_t index;
        Ticks sent;
        Ticks done; ///< never where the outcome is unknown
        Number first;
    };

    const Write& write_of(Number number) const { return writes_[write_numbers_[number - loaded_]]; }
    static std::uint64_t vehicle_key(std::uint32_t region, std::int32_t vehicle) {
        return (std::uint64_t{region} << 32) | static_cast<std::uint32_t>(vehicle);
    }

    std::uint64_t run_;
    SpatialSession session_;
    Operation operation_;
    Number loaded_ = 0;
    std::vector<Position> positions_;
    std::vector<Write> writes_;
    std::vector<std::uint32_t> write_numbers_;                  ///< by row number above loaded_
    std::unordered_map<std::uint64_t, std::uint32_t> by_index_; ///< index of an insert → writes_
    std::vector<std::vector<Number>> loaded_by_region_;
    std::unordered_map<std::uint64_t, std::vector<Number>> inserted_; ///< by vehicle_key()
    std::unordered_map<std::string_view, std::uint32_t> regions_;
    PointIndex index_;
};

} // namespace citusbench::spatial
