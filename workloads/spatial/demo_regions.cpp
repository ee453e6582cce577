#include <algorithm>

#include <fmt/format.h>

#include "workloads/spatial/regions.hpp"

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

} // namespace citusbench::spatial
