#include <GeographicLib/Config.h>
#include <gdal.h>
#include <geos_c.h>

#include <fmt/format.h>

#include "workloads/spatial/spatial.hpp"

namespace citusbench::spatial {

std::string libraries() {
    return fmt::format("GEOS {}\nGDAL {}\nGeographicLib {}", GEOSversion(),
                       GDALVersionInfo("RELEASE_NAME"), GEOGRAPHICLIB_VERSION_STRING);
}

} // namespace citusbench::spatial
