#include <fmt/format.h>

#include "unit/spatial_support.hpp"

namespace citusbench::spatial {
namespace {

struct DatasetCloser {
    void operator()(GDALDataset* dataset) const { GDALClose(dataset); }
};
using DatasetPtr = std::unique_ptr<GDALDataset, DatasetCloser>;

DatasetPtr create(const char* driver, const std::string& path) {
    GDALAllRegister();
    return DatasetPtr(GetGDALDriverManager()->GetDriverByName(driver)->Create(
        path.c_str(), 0, 0, 0, GDT_Unknown, nullptr));
}

/// Adds a layer with the fields "number" and "name" and one polygon named "island". epsg 0: none.
void add_layer(GDALDataset& dataset, const char* name, int epsg, const std::string& wkt,
               OGRwkbGeometryType type = wkbPolygon) {
    OGRSpatialReference crs;
    if (epsg != 0) crs.importFromEPSG(epsg);
    crs.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    auto* layer = dataset.CreateLayer(name, epsg == 0 ? nullptr : &crs, type);
    OGRFieldDefn number("number", OFTInteger);
    OGRFieldDefn text("name", OFTString);
    layer->CreateField(&number);
    layer->CreateField(&text);
    OGRFeature feature(layer->GetLayerDefn());
    feature.SetField("number", 7);
    feature.SetField("name", "island");
    OGRGeometry* geometry = nullptr;
    OGRGeometryFactory::createFromWkt(wkt.c_str(), nullptr, &geometry);
    feature.SetGeometryDirectly(geometry);
    ASSERT_EQ(layer->CreateFeature(&feature), OGRERR_NONE);
}

const std::string around_new_york =
    "POLYGON ((-74 40.7, -73.9 40.7, -73.9 40.9, -74 40.9, -74 40.7))";

/// Every row is of this region and within the box of around_new_york, and they fill it.
void expect_new_york(const Options& options, const std::string& region) {
    const auto workload = workload_with(options);
    double min_x = 180;
    double max_x = -180;
    double min_y = 90;
    double max_y = -90;
    for (const auto& row : loaded_rows(*workload, 2000)) {
        EXPECT_EQ(row.region, region);
        min_x = std::min(min_x, row.point.x);
        max_x = std::max(max_x, row.point.x);
        min_y = std::min(min_y, row.point.y);
        max_y = std::max(max_y, row.point.y);
    }
    EXPECT_NEAR(min_x, -74, 2e-3);
    EXPECT_NEAR(max_x, -73.9, 2e-3);
    EXPECT_NEAR(min_y, 40.7, 2e-3);
    EXPECT_NEAR(max_y, 40.9, 2e-3);
}

std::string reprojected(const std::string& wkt, int epsg) {
    OGRSpatialReference from;
    OGRSpatialReference to;
    from.importFromEPSG(4326);
    to.importFromEPSG(epsg);
    from.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    to.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    OGRGeometry* raw = nullptr;
    OGRGeometryFactory::createFromWkt(wkt.c_str(), nullptr, &raw);
    const std::unique_ptr<OGRGeometry> geometry(raw);
    auto* transform = OGRCreateCoordinateTransformation(&from, &to);
    EXPECT_EQ(geometry->transform(transform), OGRERR_NONE);
    OGRCoordinateTransformation::DestroyCT(transform);
    return geometry->exportToWkt();
}

struct Format {
    const char* driver;
    const char* file;
};

class SpatialFormats : public testing::TestWithParam<Format> {};

TEST_P(SpatialFormats, AreReadInLongitudeLatitudeOrderFromAnyCoordinateSystem) {
    for (const int epsg : {4326, 3857, 2263, 0}) {
        if (epsg == 0 && GetParam().driver == std::string("GeoJSON")) continue;
        SCOPED_TRACE(epsg);
        const TempFolder folder;
        const auto path = folder.path(GetParam().file);
        const auto wkt = epsg == 0 ? around_new_york : reprojected(around_new_york, epsg);
        add_layer(*create(GetParam().driver, path), "land", epsg, wkt);
        expect_new_york({{"regions", path}}, "island");
        expect_new_york({{"regions", path}, {"region-field", "number"}}, "7");
        expect_new_york({{"regions", path}, {"region-where", "number = 7"}}, "island");
        EXPECT_NE(refusal({{"regions", path}, {"region-where", "number = 8"}}), "");
    }
}

INSTANTIATE_TEST_SUITE_P(Written, SpatialFormats,
                         testing::Values(Format{"GeoJSON", "land.geojson"},
                                         Format{"GPKG", "land.gpkg"},
                                         Format{"ESRI Shapefile", "land.shp"}),
                         [](const auto& test) { return std::string(test.param.file).substr(5); });

// Quantized, with two objects that share an arc, as topojson(1) writes it.
const char* const topology =
    R"({"type":"Topology","transform":{"scale":[0.0001,0.0001],"translate":[-74,40.7]},)"
    R"("objects":{"land":{"type":"GeometryCollection","geometries":[{"type":"Polygon",)"
    R"("arcs":[[0,1]],"properties":{"name":"island"}}]}},)"
    R"("arcs":[[[0,0],[1000,0],[0,2000]],[[1000,2000],[-1000,0],[0,-2000]]]})";

TEST(SpatialFiles, TopoJsonIsRead) {
    const TempFolder folder;
    const auto path = folder.write("land.topojson", topology);
    expect_new_york({{"regions", path}, {"region-field", "name"}}, "island");
    expect_new_york({{"regions", path}, {"region-layer", "land"}, {"region-field", "name"}},
                    "island");
}

TEST(SpatialFiles, TheLayerNamedIsTakenOutOfSeveral) {
    const TempFolder folder;
    const auto path = folder.path("two.gpkg");
    {
        const auto dataset = create("GPKG", path);
        add_layer(*dataset, "sea", 4326, "POLYGON ((0 0, 1 0, 1 1, 0 0))");
        add_layer(*dataset, "land", 4326, around_new_york);
    }
    expect_new_york({{"regions", path}, {"region-layer", "land"}}, "island");
    const auto text = refusal({{"regions", path}});
    EXPECT_NE(text.find("--region-layer: sea, land"), std::string::npos) << text;
}

TEST(SpatialFiles, TheOnlyLayerThatCanHoldPolygonsNeedsNoName) {
    const TempFolder folder;
    const auto path = folder.path("mixed.gpkg");
    {
        const auto dataset = create("GPKG", path);
        add_layer(*dataset, "stations", 4326, "POINT (0 0)", wkbPoint);
        add_layer(*dataset, "land", 4326, around_new_york);
    }
    expect_new_york({{"regions", path}}, "island");
}

TEST(SpatialFiles, WithoutATextFieldTheFeatureIdIsTheCode) {
    const TempFolder folder;
    const auto path = folder.write(
        "plain.geojson", R"({"type":"FeatureCollection","features":[{"type":"Feature","id":5,)"
                         R"("properties":{"number":1},"geometry":)" +
                             rectangle(-74, 40.7, -73.9, 40.9) + "}]}");
    expect_new_york({{"regions", path}}, "5");
}

TEST(SpatialFiles, HeightsAndCurvesAreFlattened) {
    const TempFolder folder;
    const auto path = folder.path("curved.gpkg");
    add_layer(*create("GPKG", path), "land", 4326,
              "CURVEPOLYGON Z (COMPOUNDCURVE Z ((-74 40.7 9, -73.9 40.7 9, -73.9 40.9 9, "
              "-74 40.9 9, -74 40.7 9)))",
              wkbCurvePolygon);
    expect_new_york({{"regions", path}}, "island");
}

} // namespace
} // namespace citusbench::spatial
