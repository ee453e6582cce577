#include "workloads/spatial/polygon_regions.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "core/distribution.hpp"

namespace citusbench::spatial {
namespace {

constexpr double max_height_deg = 4;

double cos_deg(double latitude) {
    return std::cos(latitude * (std::numbers::pi / 180));
}

Point middle(Point a, Point b) {
    return {(a.x + b.x) / 2, (a.y + b.y) / 2};
}

/// Ready to draw from: a corner, the two edges from it, and the greatest cosine of a latitude.
struct Patch {
    Point corner;
    Point edge1;
    Point edge2;
    double max_cos = 1;
    std::uint32_t region = 0;
    double area = 0; ///< ∝ area on the sphere

    Point draw(Random& random) const {
        while (true) {
            double u = random.unit();
            double v = random.unit();
            if (u + v > 1) { // the other half of the parallelogram, folded back
                u = 1 - u;
                v = 1 - v;
            }
            const Point point{corner.x + u * edge1.x + v * edge2.x,
                              corner.y + u * edge1.y + v * edge2.y};
            if (random.unit() * max_cos < cos_deg(point.y)) return point;
        }
    }
};

Patch make_patch(const Triangle& t, std::uint32_t region) {
    const auto [low, high] = std::minmax({t[0].y, t[1].y, t[2].y});
    const double nearest_to_equator =
        low <= 0 && high >= 0 ? 0 : std::min(std::abs(low), std::abs(high));
    // The mean of a smooth function over a triangle is its mean over the middles of the edges, to
    // the third order (here: to 1e-7).
    const double mean_cos = (cos_deg(middle(t[0], t[1]).y) + cos_deg(middle(t[1], t[2]).y) +
                             cos_deg(middle(t[2], t[0]).y)) /
                            3;
    return {t[0],
            {t[1].x - t[0].x, t[1].y - t[0].y},
            {t[2].x - t[0].x, t[2].y - t[0].y},
            cos_deg(nearest_to_equator),
            region,
            planar_area(t) * mean_cos};
}

void add_patches(const Triangle& t, std::uint32_t region, std::vector<Patch>& out) {
    const auto [low, high] = std::minmax({t[0].y, t[1].y, t[2].y});
    if (high - low <= max_height_deg) {
        out.push_back(make_patch(t, region));
        return;
    }
    const auto ab = middle(t[0], t[1]);
    const auto bc = middle(t[1], t[2]);
    const auto ca = middle(t[2], t[0]);
    for (const auto& part : {Triangle{t[0], ab, ca}, Triangle{ab, t[1], bc}, Triangle{ca, bc, t[2]},
                             Triangle{ab, bc, ca}})
        add_patches(part, region, out);
}

std::vector<double> areas(const std::vector<Patch>& patches) {
    std::vector<double> values;
    values.reserve(patches.size());
    for (const auto& patch : patches) values.push_back(patch.area);
    return values;
}

/// Triangles, not the file's bytes: they are what rows are a function of.
std::string hashed_label(const std::string& name, const std::vector<TriangulatedRegion>& regions) {
    std::uint64_t hash = 0;
    const auto add = [&](std::uint64_t value) { hash = mix64(hash ^ value); };
    for (const auto& region : regions) {
        for (const char c : region.code) add(static_cast<unsigned char>(c));
        add(region.triangles.size() + 256); // ends the code
        for (const auto& triangle : region.triangles)
            for (const auto corner : triangle) {
                add(std::bit_cast<std::uint64_t>(corner.x));
                add(std::bit_cast<std::uint64_t>(corner.y));
            }
    }
    return fmt::format("{}:{:08x}", name, hash >> 32);
}

std::vector<std::string> codes_of(const std::vector<TriangulatedRegion>& regions) {
    std::vector<std::string> codes;
    for (const auto& region : regions) codes.push_back(region.code);
    return codes;
}

class PolygonRegions final : public Regions {
  public:
    PolygonRegions(const std::string& name, const std::vector<TriangulatedRegion>& regions)
        : Regions(hashed_label(name, regions), codes_of(regions)), patches_(cut(regions)),
          anywhere_(areas(patches_)) {
        for (std::size_t first = 0; first < patches_.size();) {
            auto last = first;
            while (last < patches_.size() && patches_[last].region == patches_[first].region)
                ++last;
            const std::vector<Patch> of_region(patches_.begin() + static_cast<long>(first),
                                               patches_.begin() + static_cast<long>(last));
            inside_.push_back({first, WeightedChoice(areas(of_region))});
            first = last;
        }
    }

    Place draw(Random& random) const override {
        const auto& patch = patches_[anywhere_(random)];
        return {patch.draw(random), patch.region};
    }

    Point draw_in(std::uint32_t region, Random& random) const override {
        const auto& part = inside_[region];
        return patches_[part.first + part.choice(random)].draw(random);
    }

  private:
    struct Part {
        std::size_t first; ///< of the region's patches, which lie side by side
        WeightedChoice choice;
    };

    static std::vector<Patch> cut(const std::vector<TriangulatedRegion>& regions) {
        std::vector<Patch> patches;
        for (std::uint32_t i = 0; i < regions.size(); ++i)
            for (const auto& triangle : regions[i].triangles) add_patches(triangle, i, patches);
        return patches;
    }

    std::vector<Patch> patches_;
    WeightedChoice anywhere_;
    std::vector<Part> inside_; ///< by region
};

} // namespace

std::unique_ptr<Regions> make_polygon_regions(const std::string& name,
                                              const std::vector<TriangulatedRegion>& regions) {
    return std::make_unique<PolygonRegions>(name, regions);
}

} // namespace citusbench::spatial
