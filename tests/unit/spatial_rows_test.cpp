#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

#include "unit/spatial_support.hpp"
#include "workloads/spatial/shape.hpp"

namespace citusbench::spatial {
namespace {

template <std::size_t Size>
std::string hex(const std::array<std::byte, Size>& bytes) {
    std::string text;
    for (const auto byte : bytes) text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    return text;
}

TEST(SpatialEwkb, APointIsAsPostgisWritesIt) {
    if (std::endian::native != std::endian::little)
        GTEST_SKIP() << "expected bytes are little-endian";
    // select encode(st_asewkb(st_setsrid(st_makepoint(-73.5, 40.75), 4326)), 'hex')
    EXPECT_EQ(hex(point_ewkb({-73.5, 40.75})),
              "0101000020e610000000000000006052c00000000000604440");
}

TEST(SpatialEwkb, AFenceIsAClosedRingThatGeosReads) {
    std::array<Point, fence_corners> corners;
    for (std::size_t i = 0; i < fence_corners; ++i) {
        const double angle = static_cast<double>(i) * std::numbers::pi / 4;
        corners[i] = {std::cos(angle), std::sin(angle)};
    }
    const auto bytes = fence_ewkb(corners);
    const Geos geos;
    const auto polygon =
        geos.read_wkb({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()});
    EXPECT_EQ(GEOSGetSRID_r(geos.handle(), polygon.get()), 4326);
    EXPECT_EQ(GEOSisValid_r(geos.handle(), polygon.get()), 1);
    EXPECT_NEAR(geos.area(polygon.get()), 2 * std::numbers::sqrt2, 1e-12);
}

TEST(SpatialRows, AreAFunctionOfSeedAndRow) {
    const auto one = workload_with({}, 5);
    const auto same = workload_with({}, 5);
    const auto other = workload_with({}, 6);
    pg::CopyBuffer a;
    pg::CopyBuffer b;
    pg::CopyBuffer c;
    for (const std::uint64_t row : {0, 17, 99'999}) one->make_row(0, row, test_load_time_us, a);
    for (const std::uint64_t row : {0, 17, 99'999}) {
        same->make_row(0, row, test_load_time_us, b);
        other->make_row(0, row, test_load_time_us, c);
    }
    EXPECT_EQ(std::string(a.data(), a.size()), std::string(b.data(), b.size()));
    EXPECT_NE(std::string(a.data(), a.size()), std::string(c.data(), c.size()));
}

TEST(SpatialRows, HaveIdsVehiclesAndTimesInTheirRanges) {
    const auto workload = workload_with({{"points", "50000"}, {"vehicles", "300"}});
    ASSERT_EQ(workload->row_count(0), 50'000U);
    std::set<std::int64_t> ids;
    std::set<std::int32_t> vehicles;
    std::int64_t before = test_load_time_us - 30 * day_us;
    for (const auto& row : loaded_rows(*workload, 50'000)) {
        ids.insert(row.id);
        vehicles.insert(row.vehicle);
        EXPECT_GE(row.recorded_us, before) << "times rise with the row";
        before = row.recorded_us;
    }
    EXPECT_EQ(ids.size(), 50'000U);
    EXPECT_EQ(*ids.begin(), 1);
    EXPECT_EQ(*ids.rbegin(), 50'000);
    EXPECT_EQ(vehicles.size(), 300U);
    EXPECT_EQ(*vehicles.begin(), 1);
    EXPECT_EQ(*vehicles.rbegin(), 300);
    EXPECT_LE(before, test_load_time_us);
    EXPECT_GT(before, test_load_time_us - day_us);
}

TEST(SpatialRows, OfTheDemoAreInItsBoxAndItsProportions) {
    const auto workload = workload_with({{"schema", "seed"}});
    constexpr int count = 100'000;
    std::map<std::string, double> share;
    std::vector<double> cells(25 * 25);
    for (const auto& row : loaded_rows(*workload, count)) {
        share[row.region] += 1.0 / count;
        ASSERT_TRUE(row.point.x >= -74 && row.point.x < -73.5) << row.point.x;
        ASSERT_TRUE(row.point.y >= 40.7 && row.point.y < 41.2) << row.point.y;
        const auto column = static_cast<std::size_t>((row.point.x + 74) * 50);
        ++cells[column * 25 +
                std::min<std::size_t>(24, static_cast<std::size_t>((row.point.y - 40.7) * 50))];
    }
    EXPECT_EQ(share.size(), 3U);
    // Four standard deviations of a share of 0.44 in 100,000.
    EXPECT_NEAR(share["north"], 0.33, 0.0063);
    EXPECT_NEAR(share["south"], 0.4422, 0.0063);
    EXPECT_NEAR(share["central"], 0.2278, 0.0063);
    EXPECT_GT(chi_square_p(cells, std::vector<double>(cells.size(), 1)), 0.001);
}

TEST(SpatialRows, OfTheTunedSchemaAreInTheCellThatTheirRegionNames) {
    const auto workload = workload_with({});
    std::map<std::string, double> counts;
    for (const auto& row : loaded_rows(*workload, 64'000)) {
        const auto column = static_cast<int>(std::floor((row.point.x + 74) * 16));
        const auto line = static_cast<int>(std::floor((row.point.y - 40.7) * 16));
        ASSERT_EQ(row.region, fmt::format("cell_{}_{}", column, line));
        ++counts[row.region];
    }
    ASSERT_EQ(counts.size(), 64U);
    std::vector<double> cells;
    for (const auto& [code, count] : counts) cells.push_back(count);
    EXPECT_GT(chi_square_p(cells, std::vector<double>(64, 1)), 0.001);
}

TEST(SpatialRows, TheTableKeepsKeysOutOfItsCreation) {
    for (const auto* schema : {"seed", "tuned"}) {
        const auto workload = workload_with({{"schema", schema}});
        const auto& table = workload->tables().at(0);
        EXPECT_EQ(table.name, "vehicle_locations");
        EXPECT_EQ(table.distribution_column, "region_code");
        EXPECT_TRUE(table.text_key);
        EXPECT_EQ(table.create_sql.find("primary key"), std::string::npos);
        EXPECT_EQ(table.index_sql.size(), schema == std::string("seed") ? 2U : 4U);
        EXPECT_EQ(workload->extensions(), std::vector<std::string>{"postgis"});
    }
}

} // namespace
} // namespace citusbench::spatial
