#include "workloads/spatial/region_file.hpp"

#include <string_view>

#include <fmt/format.h>

#include "core/error.hpp"
#include "workloads/spatial/open_layer.hpp"

namespace citusbench::spatial {
namespace {

struct TransformDeleter {
    void operator()(OGRCoordinateTransformation* transform) const {
        OGRCoordinateTransformation::DestroyCT(transform);
    }
};
using TransformPtr = std::unique_ptr<OGRCoordinateTransformation, TransformDeleter>;

/// To longitude and latitude in this order; null for a layer without a coordinate system.
TransformPtr transform_of(const OGRLayer& layer, const Settings& settings) {
    const auto* from = const_cast<OGRLayer&>(layer).GetSpatialRef();
    // GeoPackage calls what has none "Undefined geographic SRS" or "Undefined Cartesian SRS".
    if (from == nullptr || std::string_view(from->GetName()).starts_with("Undefined "))
        return nullptr;
    OGRSpatialReference to;
    to.importFromEPSG(4326);
    to.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    CPLErrorReset();
    TransformPtr transform(OGRCreateCoordinateTransformation(from, &to));
    if (!transform)
        throw UsageError(
            fmt::format("{}: its coordinate system cannot be brought to EPSG:4326 "
                        "({}); reproject the file first, with ogr2ogr -t_srs EPSG:4326",
                        regions_option(settings), gdal_reason()));
    return transform;
}

std::string code_of(const OGRFeature& feature, int field, const std::string& named,
                    const Settings& settings) {
    if (field < 0) return std::to_string(feature.GetFID());
    std::string code =
        feature.IsFieldSetAndNotNull(field) ? feature.GetFieldAsString(field) : std::string();
    const auto complain = [&](const char* problem) {
        throw UsageError(fmt::format(
            "{}: {} {} field {}; leave it out with --region-where or use another --region-field",
            regions_option(settings), named, problem,
            feature.GetFieldDefnRef(field)->GetNameRef()));
    };
    if (code.empty()) complain("has no value in");
    if (!CPLIsUTF8(code.c_str(), static_cast<int>(code.size()))) complain("is not UTF-8 in");
    return code;
}

void check_polygonal(const OGRGeometry* geometry, const std::string& named,
                     const Settings& settings) {
    if (!geometry || geometry->IsEmpty())
        throw UsageError(fmt::format("{}: {} has no geometry; leave it out with --region-where",
                                     regions_option(settings), named));
    const auto type = wkbFlatten(geometry->getGeometryType());
    if (OGR_GT_IsSubClassOf(type, wkbSurface) || OGR_GT_IsSubClassOf(type, wkbMultiSurface)) return;
    throw UsageError(
        fmt::format("{}: {} is not polygonal but a {}; use a layer of polygons, or leave it out "
                    "with --region-where",
                    regions_option(settings), named, geometry->getGeometryName()));
}

void check_degrees(const OGRGeometry& geometry, bool has_crs, const std::string& named,
                   const Settings& settings) {
    OGREnvelope box;
    geometry.getEnvelope(&box);
    // Written so that NaN and infinity are refused as well.
    if (box.MinX >= -180 && box.MaxX <= 180 && box.MinY >= -90 && box.MaxY <= 90) return;
    const auto where = fmt::format("{} reaches from ({:g} {:g}) to ({:g} {:g})", named, box.MinX,
                                   box.MinY, box.MaxX, box.MaxY);
    if (has_crs)
        throw UsageError(fmt::format("{}: in EPSG:4326 {}, outside ±180 and ±90; does the file "
                                     "name the coordinate system it is in?",
                                     regions_option(settings), where));
    throw UsageError(fmt::format("{}: it names no coordinate system, and {}, outside ±180 and "
                                 "±90; give it one, with ogr2ogr -a_srs EPSG:…",
                                 regions_option(settings), where));
}

/// To two dimensions without curves, in degrees.
std::vector<unsigned char> wkb_of(const OGRFeature& feature, OGRCoordinateTransformation* transform,
                                  const std::string& named, const Settings& settings) {
    check_polygonal(feature.GetGeometryRef(), named, settings);
    const std::unique_ptr<OGRGeometry> geometry(feature.GetGeometryRef()->getLinearGeometry());
    if (!geometry) throw RunError("GDAL cannot make straight edges of " + named);
    geometry->flattenTo2D();
    CPLErrorReset();
    if (transform && geometry->transform(transform) != OGRERR_NONE)
        throw UsageError(fmt::format("{}: {} cannot be brought to EPSG:4326 ({}); does the file "
                                     "name the coordinate system it is in?",
                                     regions_option(settings), named, gdal_reason()));
    check_degrees(*geometry, transform != nullptr, named, settings);
    std::vector<unsigned char> wkb(geometry->WkbSize());
    geometry->exportToWkb(wkbNDR, wkb.data());
    return wkb;
}

void check_read_to_end(const Settings& settings) {
    if (CPLGetLastErrorType() < CE_Failure) return;
    // GeoPackage evaluates the condition only when it reads.
    if (!settings.regions_where.empty())
        throw UsageError(fmt::format("--region-where {}: {}; write a condition on the fields",
                                     settings.regions_where, gdal_reason()));
    throw UsageError(fmt::format("{}: it cannot be read to its end ({}); use an undamaged file",
                                 regions_option(settings), gdal_reason()));
}

} // namespace

std::string regions_option(const Settings& settings) {
    return "--regions " + settings.regions_file;
}

std::vector<RegionFeature> read_region_file(const Settings& settings) {
    const QuietGdal quiet;
    const auto open = open_layer(settings);
    const auto transform = transform_of(*open.layer, settings);
    std::vector<RegionFeature> features;
    open.layer->ResetReading();
    while (true) {
        CPLErrorReset();
        const std::unique_ptr<OGRFeature> feature(open.layer->GetNextFeature());
        if (!feature) break;
        const auto named = fmt::format("feature {}", feature->GetFID());
        auto wkb = wkb_of(*feature, transform.get(), named, settings);
        features.push_back({code_of(*feature, open.field, named, settings), named, std::move(wkb)});
    }
    check_read_to_end(settings);
    if (!features.empty()) return features;
    if (!settings.regions_where.empty())
        throw UsageError(fmt::format("--region-where {}: no feature of layer {} matches it",
                                     settings.regions_where, open.layer->GetName()));
    throw UsageError(fmt::format("{}: layer {} is empty; use a layer with polygons",
                                 regions_option(settings), open.layer->GetName()));
}

} // namespace citusbench::spatial
