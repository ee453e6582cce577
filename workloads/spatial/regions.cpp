#include "workloads/spatial/regions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <stdexcept>

#include "core/error.hpp"
#include "workloads/spatial/polygon_regions.hpp"

namespace citusbench::spatial {
namespace {

constexpr double west = -74.0;
constexpr double south = 40.7;
constexpr double side = 0.5;
constexpr std::uint32_t cells = 8;
constexpr double cell_side = side / cells; // 1/16, exact in binary

Point draw_in_box(Random& random) {
    const double x = west + side * random.unit();
    return {x, south + side * random.unit()};
}

std::vector<std::string> grid_codes() {
    std::vector<std::string> codes;
    for (std::uint32_t row = 0; row < cells; ++row)
        for (std::uint32_t column = 0; column < cells; ++column)
            codes.push_back(fmt::format("cell_{}_{}", column, row));
    return codes;
}

class DemoGrid final : public Regions {
  public:
    DemoGrid() : Regions(fmt::format("grid{}", cells * cells), grid_codes()) {}

    Place draw(Random& random) const override {
        const auto region = static_cast<std::uint32_t>(random.below(std::uint64_t{cells} * cells));
        return {draw_in(region, random), region};
    }

    Point draw_in(std::uint32_t region, Random& random) const override {
        const double x = west + cell_side * (region % cells + random.unit());
        const std::uint32_t row = region / cells;
        return {x, south + cell_side * (row + random.unit())};
    }
};

class DemoSeed final : public Regions {
  public:
    DemoSeed() : Regions("demo3", {"north", "south", "central"}) {}

    // Nested as in the demo: the second draw happens only where the first says "not north".
    Place draw(Random& random) const override {
        const auto point = draw_in_box(random);
        if (random.unit() < 0.33) return {point, 0};
        return {point, random.unit() < 0.66 ? 1U : 2U};
    }

    Point draw_in(std::uint32_t /*region*/, Random& random) const override {
        return draw_in_box(random);
    }
};

} // namespace

std::unique_ptr<Regions> make_demo_grid() {
    return std::make_unique<DemoGrid>();
}

std::unique_ptr<Regions> make_demo_seed() {
    return std::make_unique<DemoSeed>();
}

namespace {

/// A region whose features have not been united yet.
struct Gathered {
    std::string code;
    std::string named; ///< of its first feature
    std::vector<GeometryPtr> geometries;
};

GeometryPtr valid_geometry(const Geos& geos, const RegionFeature& feature,
                           const Settings& settings) {
    try {
        auto geometry = geos.make_valid(geos.read_wkb(feature.wkb).get());
        if (geos.area(geometry.get()) > 0) return geometry;
    } catch (const std::runtime_error& error) {
        throw UsageError(fmt::format("{}: {} cannot be made valid ({}); repair it or leave it out "
                                     "with --region-where",
                                     regions_option(settings), feature.named, error.what()));
    }
    throw UsageError(fmt::format("{}: {} has no area; leave it out with --region-where",
                                 regions_option(settings), feature.named));
}

std::vector<Gathered> gather(const Geos& geos, const std::vector<RegionFeature>& features,
                             const Settings& settings) {
    std::vector<Gathered> regions;
    std::map<std::string, std::size_t, std::less<>> known;
    for (const auto& feature : features) {
        const auto [found, is_new] = known.try_emplace(feature.code, regions.size());
        if (is_new) regions.push_back({feature.code, feature.named, {}});
        regions[found->second].geometries.push_back(valid_geometry(geos, feature, settings));
    }
    return regions;
}

TriangulatedRegion cut(const Geos& geos, Gathered region, const Settings& settings) {
    try {
        const auto geometry = region.geometries.size() == 1
                                  ? std::move(region.geometries.front())
                                  : geos.unite(std::move(region.geometries));
        auto triangles = triangulate(geos, geometry.get());
        if (!triangles.empty()) return {std::move(region.code), std::move(triangles)};
    } catch (const std::runtime_error& error) {
        throw UsageError(fmt::format("{}: region {} ({}): {}; simplify it or leave it out with "
                                     "--region-where",
                                     regions_option(settings), region.code, region.named,
                                     error.what()));
    }
    throw UsageError(fmt::format("{}: region {} ({}) has no area; leave it out with --region-where",
                                 regions_option(settings), region.code, region.named));
}

/// The file's name as it may stand in a scale: short, and of harmless characters.
std::string short_name(const std::string& file) {
    constexpr std::size_t max_length = 60;
    auto name = std::filesystem::path(file).filename().string().substr(0, max_length);
    for (auto& c : name) {
        const auto byte = static_cast<unsigned char>(c);
        const bool is_harmless = byte < 128 && (std::isalnum(byte) != 0 || c == '.' || c == '-');
        if (!is_harmless) c = '_';
    }
    return name.empty() ? "file" : name;
}

} // namespace

std::unique_ptr<Regions> load_regions(const Settings& settings) {
    if (settings.regions_file.empty())
        return settings.schema == Schema::seed ? make_demo_seed() : make_demo_grid();
    const auto features = read_region_file(settings);
    const Geos geos;
    std::vector<TriangulatedRegion> regions;
    for (auto& region : gather(geos, features, settings))
        regions.push_back(cut(geos, std::move(region), settings));
    return make_polygon_regions(short_name(settings.regions_file), regions);
}

} // namespace citusbench::spatial
