#include <gdal.h>
#include <geos_c.h>

#include <fmt/format.h>

#include "workloads/spatial/spatial.hpp"

namespace citusbench::spatial {

std::string libraries() {
    return fmt::format("GEOS {}\nGDAL {}", GEOSversion(), GDALVersionInfo("RELEASE_NAME"));
}

} // namespace citusbench::spatial
