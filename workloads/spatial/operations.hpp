#pragma once

#include <cstdint>
#include <vector>

#include "workload/operation.hpp"

namespace citusbench::spatial {

/// In the order of operation_kinds().
enum class Kind : std::uint32_t {
    radius_in_region,
    radius,
    bbox_in_region,
    bbox,
    position,
    nearest,
    geofence,
    insert,
    insert_10,
    insert_100,
    latest_all,
    region_count,
    last_7_days,
};

inline constexpr std::size_t max_rows_per_insert = 100;

std::vector<OperationKind> operation_kinds();

} // namespace citusbench::spatial
