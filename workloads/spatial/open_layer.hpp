#pragma once

#include "workloads/spatial/gdal.hpp"
#include "workloads/spatial/settings.hpp"

namespace citusbench::spatial {

/// Opens the file of --regions, finds its layer and field, and applies --region-where. Throws
/// UsageError; a list of the layers or fields that there are stands in it.
OpenLayer open_layer(const Settings& settings);

} // namespace citusbench::spatial
