#pragma once

#include <memory>
#include <span>
#include <string>

#include "workload/workload.hpp"

namespace citusbench::spatial {

std::span<const WorkloadOption> options();
std::unique_ptr<Workload> make(const WorkloadConfig& config);
/// Versions of GEOS, GDAL and GeographicLib, a line each.
std::string libraries();

} // namespace citusbench::spatial
