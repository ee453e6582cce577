#pragma once

#include <array>

#include "workload/workload.hpp"
#include "workloads/spatial/ewkb.hpp"
#include "workloads/spatial/operations.hpp"
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

  private:
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
};

} // namespace citusbench::spatial
