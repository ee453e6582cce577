#pragma once

#include <string>
#include <vector>

#include "workloads/spatial/settings.hpp"

namespace citusbench::spatial {

/// A feature of a polygon layer: EPSG:4326, x is the longitude, two dimensions, no curves.
struct RegionFeature {
    std::string code;  ///< UTF-8, not empty
    std::string named; ///< "feature 7", for messages
    std::vector<unsigned char> wkb;
};

/// Reads the layer that settings.regions_… name with GDAL, silently. Layers with a coordinate
/// system are brought to EPSG:4326; those without one are taken as longitude and latitude. Throws
/// UsageError, which names the option, its value and the fix, for all that can be wrong with a
/// file.
std::vector<RegionFeature> read_region_file(const Settings& settings);

/// "--regions FILE", for messages.
std::string regions_option(const Settings& settings);

} // namespace citusbench::spatial
