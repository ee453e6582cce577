#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "workload/workload.hpp"

namespace citusbench::spatial {

/// `seed` is the demo's table with its three regions, `tuned` the one with the indexes its queries
/// need and at least 64 regions.
enum class Schema : std::uint8_t { seed, tuned };
std::string_view name_of(Schema schema);

/// The options of the workload, checked.
struct Settings {
    std::uint64_t points = 0;
    std::uint32_t vehicles = 0;
    double radius_m = 0;
    Schema schema = Schema::tuned;
    std::string regions_file;  ///< empty: the demo's regions
    std::string regions_layer; ///< empty: the only polygon layer
    std::string regions_field; ///< empty: the first text field, else the feature id
    std::string regions_where; ///< empty: every feature
};

/// Throws UsageError for a value out of its range, or for an option that needs --regions.
Settings read_settings(const WorkloadConfig& config);

} // namespace citusbench::spatial
