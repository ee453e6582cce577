#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "workloads/spatial/region_file.hpp"
#include "workloads/spatial/settings.hpp"

namespace citusbench::spatial {

/// Degrees of EPSG:4326, x is the longitude.
struct Point {
    double x = 0;
    double y = 0;
};

struct Place {
    Point point;
    std::uint32_t region = 0; ///< index into Regions::codes()
};

/// Where vehicles are: the regions, and points in them. Immutable, so threads share it.
class Regions {
  public:
    virtual ~Regions() = default;
    Regions(const Regions&) = delete;
    Regions& operator=(const Regions&) = delete;

    /// A point anywhere, and its region.
    virtual Place draw(Random& random) const = 0;
    /// A point of this region.
    virtual Point draw_in(std::uint32_t region, Random& random) const = 0;

    /// At least one; distinct.
    const std::vector<std::string>& codes() const { return codes_; }
    /// Says in a word which regions these are, for Workload::scale().
    const std::string& label() const { return label_; }

  protected:
    Regions(std::string label, std::vector<std::string> codes)
        : label_(std::move(label)), codes_(std::move(codes)) {}

  private:
    std::string label_;
    std::vector<std::string> codes_;
};

/// The demo's box around New York, longitude -74.0…-73.5 and latitude 40.7…41.2, evenly in degrees
/// as the demo has it, cut into 8 × 8 cells "cell_COLUMN_ROW", counted from the south-west.
std::unique_ptr<Regions> make_demo_grid();
/// The same box with the demo's regions north, south and central, which say nothing about the
/// place: a point is in north with 33 %, south with 44.22 %, central with 22.78 %.
std::unique_ptr<Regions> make_demo_seed();

/// The regions of the file, or the demo's. Features of equal code become one region in the order of
/// their first, polygons that are invalid are made valid. Throws UsageError.
std::unique_ptr<Regions> load_regions(const Settings& settings);

} // namespace citusbench::spatial
