#pragma once

#include <string>

namespace citusbench {

/// What --version prints: version, commit, and the versions of libpq, GEOS and GDAL in use.
std::string version_text();

} // namespace citusbench
