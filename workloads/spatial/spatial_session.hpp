#pragma once

#include <array>

#include "workload/workload.hpp"
#include "workloads/spatial/operations.hpp"
#include "workloads/spatial/shape.hpp"
#include "workloads/spatial/spatial_workload.hpp"

namespace citusbench::spatial {

/// Makes operations of SpatialWorkload, which must outlive it. An operation aims at a loaded row
/// drawn after `--keys`: at its region, its vehicle, or around its point.
class SpatialSession final : public Session {
  public:
    SpatialSession(const SpatialWorkload& workload, const RunIdentity& identity)
        : workload_(&workload), identity_(identity) {}

    void make(std::uint64_t index, std::uint32_t kind, Operation& operation) override;
    RoutingKey key(std::uint64_t index, std::uint32_t kind) override;
    void make_inserted_row(std::uint64_t index, std::uint32_t kind, std::uint64_t row,
                           pg::CopyBuffer& out) override;

  private:
    /// A row of an insert, as sql/spatial/insert*.sql store it.
    struct InsertedRow {
        std::int32_t vehicle;
        Point location;
    };
    /// Fills rows_; all of an insert at once, because each is drawn after the one before it.
    void draw_rows(std::size_t rows, const LoadedRow& target, Random& random);
    void add_point(std::size_t slot, Point point, pg::Params& params);
    void add_box(Point centre, pg::Params& params) const;
    void add_fence(Point centre, Random& random, pg::Params& params);
    void add_rows(std::uint64_t index, std::size_t rows, const LoadedRow& target, Random& random,
                  pg::Params& params);

    const SpatialWorkload* workload_;
    RunIdentity identity_;
    // Parameters point into these until the operation is sent.
    std::array<PointEwkb, max_rows_per_insert> points_;
    FenceEwkb fence_;
    std::array<InsertedRow, max_rows_per_insert> rows_;
    /// Which insert rows_ holds: its rows are asked for one after the other.
    std::uint64_t drawn_index_ = UINT64_MAX;
    std::uint32_t drawn_kind_ = 0;
    std::uint32_t drawn_region_ = 0;
};

} // namespace citusbench::spatial
