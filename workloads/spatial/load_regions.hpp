#pragma once

#include <memory>

#include "workloads/spatial/region_file.hpp"
#include "workloads/spatial/regions.hpp"
#include "workloads/spatial/settings.hpp"

namespace citusbench::spatial {

/// The regions of the file, or the demo's. Features of equal code become one region in the order of
/// their first, polygons that are invalid are made valid. Throws UsageError.
std::unique_ptr<Regions> load_regions(const Settings& settings);

} // namespace citusbench::spatial
