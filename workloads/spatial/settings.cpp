#include "workloads/spatial/settings.hpp"

#include <array>
#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/quantity.hpp"
#include "workloads/spatial/spatial.hpp"

namespace citusbench::spatial {
namespace {

constexpr std::array option_list = {
    WorkloadOption{"points", "100000", "N", "positions to load"},
    WorkloadOption{"vehicles", "10000", "N", "vehicles that the positions belong to"},
    WorkloadOption{"regions", "", "FILE",
                   "polygons to spread the positions over, evenly by area: any layer GDAL reads "
                   "(default: the demo's box around New York)"},
    WorkloadOption{"region-layer", "", "NAME", "layer of FILE, where it has several"},
    WorkloadOption{"region-field", "", "NAME",
                   "field with the region's code; features of one code are one region (default: "
                   "the first text field, else the feature id)"},
    WorkloadOption{"region-where", "", "SQL", "use only the features for which this is true"},
    WorkloadOption{"radius", "5000", "METRES",
                   "radius of the radius queries; boxes and geofences take their size from it"},
    WorkloadOption{"schema", "tuned", "seed|tuned",
                   "the demo's table and three regions, or indexes that fit and 64 regions"},
};

// Ids of loaded rows stay below row_id(1, 0), and vehicle_id is an int.
constexpr std::uint64_t max_points = (1ULL << 43) - 1;
constexpr std::uint64_t max_vehicles = 2'147'483'647;
// Half the equator: a larger circle is the whole earth.
constexpr double max_radius_m = 20'000'000;

std::string option(const WorkloadConfig& config, std::string_view name) {
    if (const auto found = config.options.find(name); found != config.options.end())
        return found->second;
    for (const auto& known : option_list)
        if (known.name == name) return std::string(known.default_value);
    throw std::logic_error("no such option of the spatial workload: " + std::string(name));
}

std::uint64_t count_option(const WorkloadConfig& config, std::string_view name, std::uint64_t max) {
    const auto text = option(config, name);
    std::uint64_t count = 0;
    try {
        count = parse_count(text);
    } catch (const std::invalid_argument& error) {
        throw UsageError(fmt::format("--{} {}: {}", name, text, error.what()));
    }
    if (count == 0 || count > max)
        throw UsageError(
            fmt::format("--{} {}: must be a number between 1 and {}", name, text, max));
    return count;
}

double radius_option(const WorkloadConfig& config) {
    const auto text = option(config, "radius");
    double radius = 0;
    const auto* last = text.data() + text.size();
    const auto [end, code] = std::from_chars(text.data(), last, radius);
    // Written so that NaN is refused as well.
    if (code != std::errc{} || end != last || !(radius > 0 && radius <= max_radius_m))
        throw UsageError(fmt::format(
            "--radius {}: must be a number of metres above 0 and at most {}, such as 5000", text,
            max_radius_m));
    return radius;
}

Schema schema_option(const WorkloadConfig& config) {
    const auto text = option(config, "schema");
    for (const auto schema : {Schema::seed, Schema::tuned})
        if (text == name_of(schema)) return schema;
    throw UsageError(fmt::format("--schema {}: use seed or tuned", text));
}

} // namespace

std::string_view name_of(Schema schema) {
    return schema == Schema::seed ? "seed" : "tuned";
}

std::span<const WorkloadOption> options() {
    return option_list;
}

Settings read_settings(const WorkloadConfig& config) {
    Settings settings;
    settings.points = count_option(config, "points", max_points);
    settings.vehicles = static_cast<std::uint32_t>(count_option(config, "vehicles", max_vehicles));
    settings.radius_m = radius_option(config);
    settings.schema = schema_option(config);
    settings.regions_file = option(config, "regions");
    settings.regions_layer = option(config, "region-layer");
    settings.regions_field = option(config, "region-field");
    settings.regions_where = option(config, "region-where");
    if (!settings.regions_file.empty()) return settings;
    for (const std::string_view name : {"region-layer", "region-field", "region-where"})
        if (const auto value = option(config, name); !value.empty())
            throw UsageError(
                fmt::format("--{} {}: needs a file; name it with --regions FILE", name, value));
    return settings;
}

} // namespace citusbench::spatial
