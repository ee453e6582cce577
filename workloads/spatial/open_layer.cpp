#include "workloads/spatial/open_layer.hpp"

#include <cerrno>
#include <cstring>
#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "workloads/spatial/region_file.hpp"

namespace citusbench::spatial {
namespace {

std::unique_ptr<GDALDataset> open_dataset(const Settings& settings) {
    GDALAllRegister();
    const auto& file = settings.regions_file;
    CPLErrorReset();
    std::unique_ptr<GDALDataset> dataset(
        GDALDataset::Open(file.c_str(), GDAL_OF_VECTOR | GDAL_OF_READONLY));
    if (dataset) return dataset;
    // Checked only after a failure, since GDAL also opens names that are no files ("/vsizip/…",
    // "PG:…").
    const auto reason = gdal_reason();
    VSIStatBufL status;
    if (VSIStatL(file.c_str(), &status) != 0)
        throw UsageError(fmt::format("{}: there is no such file; use the path of a GeoJSON, "
                                     "GeoPackage, Shapefile or TopoJSON",
                                     regions_option(settings)));
    if (access(file.c_str(), R_OK) != 0)
        throw UsageError(fmt::format("{}: cannot be read ({}); grant the right to read it",
                                     regions_option(settings), std::strerror(errno)));
    throw UsageError(fmt::format("{}: GDAL cannot read it as a layer of polygons ({}); use a "
                                 "GeoJSON, GeoPackage, Shapefile or TopoJSON",
                                 regions_option(settings), reason));
}

std::vector<std::string> layer_names(GDALDataset& dataset) {
    std::vector<std::string> names;
    for (auto* layer : dataset.GetLayers()) names.emplace_back(layer->GetName());
    return names;
}

bool may_hold_polygons(OGRLayer& layer) {
    const auto type = wkbFlatten(layer.GetGeomType());
    return OGR_GT_IsSubClassOf(type, wkbSurface) != 0 ||
           OGR_GT_IsSubClassOf(type, wkbMultiSurface) != 0 || type == wkbUnknown ||
           type == wkbGeometryCollection;
}

OGRLayer* choose_layer(GDALDataset& dataset, const Settings& settings) {
    if (dataset.GetLayerCount() == 0)
        throw UsageError(fmt::format("{}: it has no layers; use a file with a layer of polygons",
                                     regions_option(settings)));
    const auto names = fmt::format("{}", fmt::join(layer_names(dataset), ", "));
    if (!settings.regions_layer.empty()) {
        if (auto* layer = dataset.GetLayerByName(settings.regions_layer.c_str())) return layer;
        throw UsageError(fmt::format("--region-layer {}: {} has no such layer; it has {}",
                                     settings.regions_layer, settings.regions_file, names));
    }
    if (dataset.GetLayerCount() == 1) return dataset.GetLayer(0);
    OGRLayer* only = nullptr;
    for (auto* layer : dataset.GetLayers()) {
        if (!may_hold_polygons(*layer)) continue;
        if (only)
            throw UsageError(fmt::format("{}: it has several layers; name one with --region-layer: "
                                         "{}",
                                         regions_option(settings), names));
        only = layer;
    }
    if (only) return only;
    throw UsageError(
        fmt::format("{}: none of its layers holds polygons: {}", regions_option(settings), names));
}

int choose_field(OGRLayer& layer, const Settings& settings) {
    const auto* definition = layer.GetLayerDefn();
    std::vector<std::string> names;
    for (int i = 0; i < definition->GetFieldCount(); ++i) {
        const auto* field = definition->GetFieldDefn(i);
        if (settings.regions_field.empty() && field->GetType() == OFTString) return i;
        names.emplace_back(field->GetNameRef());
    }
    if (settings.regions_field.empty()) return -1;
    const int index = definition->GetFieldIndex(settings.regions_field.c_str());
    if (index >= 0) return index;
    if (names.empty())
        throw UsageError(fmt::format("--region-field {}: layer {} has no fields; leave the option "
                                     "out to use the feature ids",
                                     settings.regions_field, layer.GetName()));
    throw UsageError(fmt::format("--region-field {}: layer {} has no such field; it has {}",
                                 settings.regions_field, layer.GetName(), fmt::join(names, ", ")));
}

} // namespace

std::string gdal_reason() {
    std::string text = CPLGetLastErrorMsg();
    for (auto& c : text)
        if (c == '\n' || c == '\r' || c == '\t') c = ' ';
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text.empty() ? "GDAL gives no reason" : text;
}

OpenLayer open_layer(const Settings& settings) {
    OpenLayer open;
    open.dataset = open_dataset(settings);
    open.layer = choose_layer(*open.dataset, settings);
    open.field = choose_field(*open.layer, settings);
    if (settings.regions_where.empty()) return open;
    CPLErrorReset();
    if (open.layer->SetAttributeFilter(settings.regions_where.c_str()) != OGRERR_NONE)
        throw UsageError(fmt::format("--region-where {}: {}; write a condition on the fields, such "
                                     "as \"population > 1000\"",
                                     settings.regions_where, gdal_reason()));
    return open;
}

} // namespace citusbench::spatial
