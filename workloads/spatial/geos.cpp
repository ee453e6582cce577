#include "workloads/spatial/geos.hpp"

#include <stdexcept>

namespace citusbench::spatial {

Geos::Geos() : handle_(GEOS_init_r()) {
    if (!handle_) throw std::bad_alloc();
    GEOSContext_setErrorMessageHandler_r(handle_, remember, this);
}

Geos::~Geos() {
    GEOS_finish_r(handle_);
}

void Geos::remember(const char* message, void* geos) {
    static_cast<Geos*>(geos)->error_ = message;
}

void Geos::fail() const {
    throw std::runtime_error("GEOS: " + (error_.empty() ? "no reason given" : error_));
}

GeometryPtr Geos::own(GEOSGeometry* geometry) const {
    if (!geometry) fail();
    return {geometry, GeometryDeleter{handle_}};
}

GeometryPtr Geos::read_wkb(std::span<const unsigned char> wkb) const {
    auto* reader = GEOSWKBReader_create_r(handle_);
    auto* geometry = GEOSWKBReader_read_r(handle_, reader, wkb.data(), wkb.size());
    GEOSWKBReader_destroy_r(handle_, reader);
    return own(geometry);
}

GeometryPtr Geos::box(double min_x, double min_y, double max_x, double max_y) const {
    return own(GEOSGeom_createRectangle_r(handle_, min_x, min_y, max_x, max_y));
}

GeometryPtr Geos::intersection(const GEOSGeometry* a, const GEOSGeometry* b) const {
    return own(GEOSIntersection_r(handle_, a, b));
}

double Geos::area(const GEOSGeometry* geometry) const {
    double area = 0;
    if (!GEOSArea_r(handle_, geometry, &area)) fail();
    return area;
}

std::vector<const GEOSGeometry*> Geos::polygons(const GEOSGeometry* geometry) const {
    const int type = GEOSGeomTypeId_r(handle_, geometry);
    if (type == GEOS_POLYGON) {
        if (GEOSisEmpty_r(handle_, geometry)) return {};
        return {geometry};
    }
    std::vector<const GEOSGeometry*> found;
    if (type != GEOS_MULTIPOLYGON && type != GEOS_GEOMETRYCOLLECTION) return found;
    const int parts = GEOSGetNumGeometries_r(handle_, geometry);
    for (int i = 0; i < parts; ++i)
        for (const auto* polygon : polygons(GEOSGetGeometryN_r(handle_, geometry, i)))
            found.push_back(polygon);
    return found;
}

GeometryPtr Geos::make_valid(const GEOSGeometry* geometry) const {
    if (GEOSisValid_r(handle_, geometry) == 1) return own(GEOSGeom_clone_r(handle_, geometry));
    auto* params = GEOSMakeValidParams_create_r(handle_);
    GEOSMakeValidParams_setMethod_r(handle_, params, GEOS_MAKE_VALID_STRUCTURE);
    GEOSMakeValidParams_setKeepCollapsed_r(handle_, params, 0);
    auto* valid = GEOSMakeValidWithParams_r(handle_, geometry, params);
    GEOSMakeValidParams_destroy_r(handle_, params);
    return own(valid);
}

GeometryPtr Geos::unite(std::vector<GeometryPtr> geometries) const {
    std::vector<GEOSGeometry*> parts;
    for (auto& geometry : geometries) parts.push_back(geometry.release());
    const auto collection = own(GEOSGeom_createCollection_r(
        handle_, GEOS_GEOMETRYCOLLECTION, parts.data(), static_cast<unsigned int>(parts.size())));
    return own(GEOSUnaryUnion_r(handle_, collection.get()));
}

} // namespace citusbench::spatial
