#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <set>

#include "unit/spatial_support.hpp"
#include "workloads/spatial/operations.hpp"

namespace citusbench::spatial {
namespace {

const RunIdentity run{3, test_load_time_us, test_load_time_us + day_us};

std::string param(const pg::Params& params, int i) {
    return {params.values()[i], static_cast<std::size_t>(params.lengths()[i])};
}

std::vector<std::string> all_params(const Operation& operation) {
    std::vector<std::string> texts;
    for (int i = 0; i < operation.params.count(); ++i) texts.push_back(param(operation.params, i));
    return texts;
}

double float8_param(const pg::Params& params, int i) {
    return std::bit_cast<double>(pg::from_wire<std::int64_t>(params.values()[i]));
}

void make_with(Session& session, std::uint64_t index, Kind kind, Operation& operation) {
    session.make(index, static_cast<std::uint32_t>(kind), operation);
}

/// The greatest n of a $n.
int parameters_in(const std::string& sql) {
    int greatest = 0;
    for (auto at = sql.find('$'); at != std::string::npos; at = sql.find('$', at + 1))
        greatest = std::max(greatest, std::atoi(sql.c_str() + at + 1));
    return greatest;
}

TEST(SpatialOperations, HaveTheNamesWeightsAndRowsOfTheContract) {
    const std::vector<std::tuple<std::string, double, bool, int>> expected = {
        {"radius_in_region", 30, false, 0}, {"radius", 5, false, 0},
        {"bbox_in_region", 20, false, 0},   {"bbox", 5, false, 0},
        {"position", 15, false, 0},         {"nearest", 5, false, 0},
        {"geofence", 5, false, 0},          {"insert", 15, true, 1},
        {"insert_10", 0, true, 10},         {"insert_100", 0, true, 100},
        {"latest_all", 0, false, 0},        {"region_count", 0, false, 0},
        {"last_7_days", 0, false, 0}};
    std::vector<std::tuple<std::string, double, bool, int>> found;
    const auto workload = workload_with({});
    for (const auto& kind : workload->operations())
        found.emplace_back(kind.name, kind.default_weight, kind.is_write, kind.rows);
    EXPECT_EQ(found, expected);
}

TEST(SpatialOperations, FillEveryParameterOfTheirSql) {
    const auto workload = workload_with({});
    const auto session = workload->session(run);
    Operation operation;
    for (std::uint32_t kind = 0; kind < workload->operations().size(); ++kind) {
        session->make(11, kind, operation);
        const auto& sql = workload->operations()[kind].sql;
        EXPECT_EQ(operation.params.count(), parameters_in(sql)) << sql;
        EXPECT_EQ(operation.kind, kind);
        EXPECT_EQ(operation.index, 11U);
        // A region filter and a routing key go together: routed operations, and only those.
        const bool routed = sql.find("region_code = $") != std::string::npos ||
                            workload->operations()[kind].is_write;
        EXPECT_EQ(operation.key.kind == RoutingKey::Kind::text, routed) << sql;
    }
}

TEST(SpatialOperations, AreAFunctionOfSeedRunIndexAndKind) {
    const auto workload = workload_with({}, 4);
    const auto again = workload_with({}, 4);
    auto next_run = run;
    ++next_run.run;
    Operation a;
    Operation b;
    for (std::uint32_t kind = 0; kind < workload->operations().size(); ++kind) {
        const auto one = workload->session(run);
        const auto two = again->session(run);
        two->make(1, kind, b); // what was made before does not matter
        one->make(8, kind, a);
        two->make(8, kind, b);
        EXPECT_EQ(all_params(a), all_params(b));
        if (a.params.count() < 3) continue;
        const auto later = workload->session(next_run);
        later->make(8, kind, b);
        EXPECT_NE(all_params(a), all_params(b)) << workload->operations()[kind].name;
    }
}

TEST(SpatialOperations, AnInsertHasTheIdsRegionAndTimeOfItsIndex) {
    const auto workload = workload_with({});
    const auto session = workload->session(run);
    Operation operation;
    const std::string ewkb_head("\x01\x01\0\0\x20\xe6\x10\0\0", 9);
    for (const auto& [kind, rows] : {std::pair{Kind::insert, 1}, std::pair{Kind::insert_10, 10},
                                     std::pair{Kind::insert_100, 100}}) {
        make_with(*session, 77, kind, operation);
        const auto& params = operation.params;
        ASSERT_EQ(params.count(), 3 + 2 * rows);
        const auto first = pg::from_wire<std::int64_t>(params.values()[0]);
        EXPECT_EQ(first, row_id(3, 77));
        EXPECT_EQ(run_of_row(first + rows - 1), 3U);
        EXPECT_EQ(index_of_row(first + rows - 1), 77U);
        EXPECT_EQ(pg::from_wire<std::int64_t>(params.values()[1]) + pg::postgres_epoch_us,
                  run.run_time_us + 77);
        const auto region = param(params, 2);
        EXPECT_EQ(operation.key.text, region);
        std::set<std::string> places;
        for (int row = 0; row < rows; ++row) {
            const auto vehicle = pg::from_wire<std::int32_t>(params.values()[3 + 2 * row]);
            EXPECT_TRUE(vehicle >= 1 && vehicle <= 10'000) << vehicle;
            const auto ewkb = param(params, 4 + 2 * row);
            EXPECT_EQ(ewkb.substr(0, 9), ewkb_head);
            const auto point = point_of(ewkb);
            EXPECT_EQ(region, fmt::format("cell_{}_{}", std::floor((point.x + 74) * 16),
                                          std::floor((point.y - 40.7) * 16)));
            places.insert(ewkb);
        }
        EXPECT_EQ(places.size(), static_cast<std::size_t>(rows));
        const auto& sql = workload->operations()[static_cast<std::size_t>(kind)].sql;
        if (rows > 1) {
            EXPECT_NE(sql.find(fmt::format("$1::int8 + {},", rows - 1)), std::string::npos);
        }
    }
}

TEST(SpatialOperations, ThePositionAskedForIsThatOfALoadedRow) {
    const auto workload = workload_with({{"points", "500"}});
    std::set<std::pair<std::string, std::int32_t>> known;
    for (const auto& row : loaded_rows(*workload, 500)) known.emplace(row.region, row.vehicle);
    const auto session = workload->session(run);
    Operation operation;
    for (std::uint64_t index = 0; index < 500; ++index) {
        make_with(*session, index, Kind::position, operation);
        EXPECT_TRUE(known.contains({param(operation.params, 0),
                                    pg::from_wire<std::int32_t>(operation.params.values()[1])}));
    }
}

TEST(SpatialOperations, TheBoxGoesAroundTheCircle) {
    const auto workload = workload_with({{"radius", "2000"}});
    const auto session = workload->session(run);
    Operation circle;
    Operation box;
    make_with(*session, 5, Kind::radius, circle);
    make_with(*workload->session(run), 5, Kind::bbox, box);
    const auto centre = point_of(param(circle.params, 0));
    EXPECT_EQ(float8_param(circle.params, 1), 2000);
    EXPECT_NEAR((float8_param(box.params, 3) - centre.y) * 111'195, 2000, 1);
    EXPECT_NEAR((centre.x - float8_param(box.params, 0)) * 111'195 *
                    std::cos(centre.y * std::numbers::pi / 180),
                2000, 1);
}

TEST(SpatialOperations, GeofencesAreValidPolygonsAroundTheirCentre) {
    const auto workload = workload_with({});
    const auto session = workload->session(run);
    const Geos geos;
    Operation operation;
    for (std::uint64_t index = 0; index < 200; ++index) {
        make_with(*session, index, Kind::geofence, operation);
        const auto ewkb = param(operation.params, 0);
        const auto fence =
            geos.read_wkb({reinterpret_cast<const unsigned char*>(ewkb.data()), ewkb.size()});
        EXPECT_EQ(GEOSisValid_r(geos.handle(), fence.get()), 1);
        EXPECT_GT(geos.area(fence.get()), 0);
    }
}

TEST(SpatialOperations, BoxesAndGeofencesStayOnTheGlobeNearItsEdges) {
    const TempFolder folder;
    const auto path =
        folder.write("edge.geojson", geojson({{"edge", rectangle(179.99, 89.9, 180, 90)}}));
    const auto workload = workload_with({{"regions", path}, {"points", "10"}});
    const auto session = workload->session(run);
    Operation operation;
    for (std::uint64_t index = 0; index < 50; ++index) {
        make_with(*session, index, Kind::bbox, operation);
        EXPECT_GE(float8_param(operation.params, 0), -180);
        EXPECT_LE(float8_param(operation.params, 2), 180);
        EXPECT_LE(float8_param(operation.params, 3), 90);
    }
}

TEST(SpatialOperations, LatestKeysAimAtTheMostRecentRows) {
    auto config = config_with({{"points", "10000"}});
    config.keys = KeyDistribution::parse("latest");
    const auto workload = make(config);
    std::map<std::string, std::uint64_t> row_at;
    for (std::uint64_t row = 0; row < 10'000; ++row) row_at[loaded(*workload, row).ewkb] = row;
    const auto session = workload->session(run);
    Operation operation;
    int recent = 0;
    for (std::uint64_t index = 0; index < 1000; ++index) {
        make_with(*session, index, Kind::nearest, operation);
        if (row_at.at(param(operation.params, 1)) >= 9'000) ++recent;
    }
    EXPECT_GT(recent, 600);
}

TEST(SpatialOperations, TheLastSevenDaysEndAtTheLoad) {
    const auto workload = workload_with({});
    Operation operation;
    make_with(*workload->session(run), 1, Kind::last_7_days, operation);
    const auto from = pg::from_wire<std::int64_t>(operation.params.values()[0]);
    const auto to = pg::from_wire<std::int64_t>(operation.params.values()[1]);
    EXPECT_EQ(to + pg::postgres_epoch_us, test_load_time_us);
    EXPECT_EQ(to - from, 7 * day_us);
}

} // namespace
} // namespace citusbench::spatial
