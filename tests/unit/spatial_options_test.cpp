#include <unistd.h>

#include <fmt/format.h>

#include "unit/spatial_support.hpp"

namespace citusbench::spatial {
namespace {

/// The message has each of these parts, is one line, and GDAL wrote nothing on standard error.
void expect_refusal(const Options& options, const std::vector<std::string>& parts) {
    testing::internal::CaptureStderr();
    const auto text = refusal(options);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    EXPECT_NE(text, "") << "was not refused";
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    for (const auto& part : parts)
        EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
}

TEST(SpatialOptions, HaveTheDefaultsOfTheContract) {
    std::map<std::string, std::string> defaults;
    for (const auto& option : options()) defaults.emplace(option.name, option.default_value);
    const std::map<std::string, std::string> expected = {
        {"points", "100000"}, {"vehicles", "10000"}, {"regions", ""},    {"region-layer", ""},
        {"region-field", ""}, {"region-where", ""},  {"radius", "5000"}, {"schema", "tuned"}};
    EXPECT_EQ(defaults, expected);
    EXPECT_EQ(workload_with({})->scale(),
              "points=100000 vehicles=10000 schema=tuned regions=grid64");
    EXPECT_EQ(workload_with({{"schema", "seed"}, {"points", "1M"}})->scale(),
              "points=1000000 vehicles=10000 schema=seed regions=demo3");
}

TEST(SpatialOptions, NumbersOutOfRangeAreRefused) {
    expect_refusal({{"points", "0"}}, {"--points 0:", "between 1 and"});
    expect_refusal({{"points", "many"}}, {"--points many:", "whole number"});
    expect_refusal({{"points", "9000G"}}, {"--points 9000G:", "between 1 and 8796093022207"});
    expect_refusal({{"vehicles", "0"}}, {"--vehicles 0:", "between 1 and"});
    expect_refusal({{"vehicles", "3G"}}, {"--vehicles 3G:", "2147483647"});
    for (const auto* radius : {"0", "-5", "nan", "inf", "5km", "", "1e9"})
        expect_refusal({{"radius", radius}}, {fmt::format("--radius {}:", radius), "above 0"});
}

TEST(SpatialOptions, AnUnknownSchemaIsRefused) {
    expect_refusal({{"schema", "fast"}}, {"--schema fast:", "seed or tuned"});
}

TEST(SpatialOptions, OptionsAboutAFileNeedOne) {
    for (const auto* name : {"region-layer", "region-field", "region-where"})
        expect_refusal({{name, "x"}}, {fmt::format("--{} x:", name), "--regions FILE"});
}

TEST(SpatialOptions, FilesThatCannotBeReadAreRefused) {
    const TempFolder folder;
    const auto missing = folder.path("missing.geojson");
    expect_refusal({{"regions", missing}}, {"--regions " + missing, "no such file"});
    const auto text = folder.write("notes.txt", "no polygons here");
    expect_refusal({{"regions", text}}, {"--regions " + text, "GDAL cannot read it", "GeoJSON"});
    const auto broken =
        folder.write("broken.geojson", R"({"type":"FeatureCollection","features":[)");
    expect_refusal({{"regions", broken}}, {"--regions " + broken, "GDAL cannot read it"});
    const auto empty_file = folder.write("empty.gpkg", "");
    expect_refusal({{"regions", empty_file}}, {"--regions " + empty_file, "GDAL cannot read it"});
}

TEST(SpatialOptions, AFileWithoutTheRightToReadItIsRefused) {
    if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
    const TempFolder folder;
    const auto path = folder.write("land.geojson", geojson({{"a", rectangle(0, 0, 1, 1)}}));
    std::filesystem::permissions(path, std::filesystem::perms::none);
    expect_refusal({{"regions", path}}, {"--regions " + path, "cannot be read", "right to read"});
}

TEST(SpatialOptions, AnEmptyLayerIsRefused) {
    const TempFolder folder;
    const auto path = folder.write("none.geojson", geojson({}));
    expect_refusal({{"regions", path}}, {"--regions " + path, "is empty"});
}

TEST(SpatialOptions, LayersThatAreNotPolygonalAreRefused) {
    const TempFolder folder;
    const auto points =
        folder.write("points.geojson", geojson({{"a", R"({"type":"Point","coordinates":[1,2]})"}}));
    expect_refusal({{"regions", points}}, {"--regions " + points, "feature 0", "a POINT"});
    const auto mixed = folder.write(
        "mixed.geojson", geojson({{"a", rectangle(0, 0, 1, 1)},
                                  {"b", R"({"type":"LineString","coordinates":[[1,2],[3,4]]})"}}));
    expect_refusal({{"regions", mixed}}, {"feature 1", "a LINESTRING", "--region-where"});
    EXPECT_EQ(refusal({{"regions", mixed}, {"region-where", "name = 'a'"}}), "");
    const auto nothing = folder.write("null.geojson", geojson({{"a", "null"}}));
    expect_refusal({{"regions", nothing}}, {"feature 0", "no geometry", "--region-where"});
}

TEST(SpatialOptions, PolygonsWithoutAreaAreRefused) {
    const TempFolder folder;
    const auto path = folder.write(
        "flat.geojson",
        geojson({{"a", R"({"type":"Polygon","coordinates":[[[0,0],[1,1],[2,2],[0,0]]]})"}}));
    expect_refusal({{"regions", path}}, {"--regions " + path, "feature 0", "area"});
}

TEST(SpatialOptions, AnUnknownLayerIsRefusedWithTheLayersThatThereAre) {
    const TempFolder folder;
    const auto path = folder.write("land.geojson", geojson({{"a", rectangle(0, 0, 1, 1)}}));
    expect_refusal({{"regions", path}, {"region-layer", "sea"}},
                   {"--region-layer sea:", "it has land"});
}

TEST(SpatialOptions, AnUnknownFieldIsRefusedWithTheFieldsThatThereAre) {
    const TempFolder folder;
    const auto path = folder.write("land.geojson", geojson({{"a", rectangle(0, 0, 1, 1)}}));
    expect_refusal({{"regions", path}, {"region-field", "code"}},
                   {"--region-field code:", "it has number, name"});
    const auto bare =
        folder.write("bare.geojson", R"({"type":"FeatureCollection","features":[)"
                                     R"({"type":"Feature","properties":{},"geometry":)" +
                                         rectangle(0, 0, 1, 1) + "}]}");
    expect_refusal({{"regions", bare}, {"region-field", "code"}},
                   {"--region-field code:", "no fields", "leave the option out"});
}

TEST(SpatialOptions, FeaturesWithoutACodeAreRefused) {
    const TempFolder folder;
    const auto path = folder.write("land.geojson", geojson({{"", rectangle(0, 0, 1, 1)}}));
    expect_refusal({{"regions", path}}, {"--regions " + path, "feature 0", "field name"});
}

TEST(SpatialOptions, AConditionThatFailsOrMatchesNothingIsRefused) {
    const TempFolder folder;
    const auto path = folder.write("land.geojson", geojson({{"a", rectangle(0, 0, 1, 1)}}));
    expect_refusal({{"regions", path}, {"region-where", "name = "}}, {"--region-where name = :"});
    expect_refusal({{"regions", path}, {"region-where", "code = 'a'"}},
                   {"--region-where code = 'a':", "code"});
    expect_refusal({{"regions", path}, {"region-where", "name = 'b'"}},
                   {"--region-where name = 'b':", "no feature of layer land matches"});
}

TEST(SpatialOptions, ConditionsOfGeoPackagesThatFailAreRefused) {
    const TempFolder folder;
    const auto path = folder.path("land.gpkg");
    {
        GDALAllRegister();
        const std::unique_ptr<GDALDataset> dataset(
            GetGDALDriverManager()->GetDriverByName("GPKG")->Create(path.c_str(), 0, 0, 0,
                                                                    GDT_Unknown, nullptr));
        dataset->CreateLayer("land", nullptr, wkbPolygon);
    }
    expect_refusal({{"regions", path}, {"region-where", "no_such = 1"}},
                   {"--region-where no_such = 1:", "no_such"});
    expect_refusal({{"regions", path}}, {"--regions " + path, "layer land is empty"});
}

TEST(SpatialOptions, CoordinatesThatCannotBeDegreesAreRefused) {
    const TempFolder folder;
    const auto metres = rectangle(583000, 4500000, 590000, 4510000);
    // GeoJSON always has a coordinate system; a Shapefile without its .prj has none.
    const auto json = folder.write("metres.geojson", geojson({{"a", metres}}));
    expect_refusal({{"regions", json}}, {"--regions " + json, "feature 0", "±180"});
    const auto topojson = folder.write(
        "metres.topojson",
        R"({"type":"Topology","objects":{"land":{"type":"GeometryCollection","geometries":[)"
        R"({"type":"Polygon","arcs":[[0]],"properties":{"name":"a"}}]}},"arcs":)"
        R"([[[583000,4500000],[590000,4500000],[590000,4510000],[583000,4500000]]]})");
    expect_refusal({{"regions", topojson}},
                   {"--regions " + topojson, "no coordinate system", "±180", "ogr2ogr -a_srs"});
}

TEST(SpatialOptions, AGeoPackageWithoutACoordinateSystemAndInMetresIsRefused) {
    const TempFolder folder;
    const auto path = folder.path("metres.gpkg");
    {
        GDALAllRegister();
        const std::unique_ptr<GDALDataset> dataset(
            GetGDALDriverManager()->GetDriverByName("GPKG")->Create(path.c_str(), 0, 0, 0,
                                                                    GDT_Unknown, nullptr));
        auto* layer = dataset->CreateLayer("land", nullptr, wkbPolygon);
        OGRFeature feature(layer->GetLayerDefn());
        OGRGeometry* geometry = nullptr;
        OGRGeometryFactory::createFromWkt(
            "POLYGON ((583000 4500000, 590000 4500000, 590000 4510000, 583000 4500000))", nullptr,
            &geometry);
        feature.SetGeometryDirectly(geometry);
        ASSERT_EQ(layer->CreateFeature(&feature), OGRERR_NONE);
    }
    expect_refusal({{"regions", path}},
                   {"--regions " + path, "no coordinate system", "±180", "ogr2ogr -a_srs"});
}

} // namespace
} // namespace citusbench::spatial
