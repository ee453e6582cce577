#pragma once

#define GEOS_USE_ONLY_R_API
#include <geos_c.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace citusbench::spatial {

struct GeometryDeleter {
    GEOSContextHandle_t context = nullptr;
    void operator()(GEOSGeometry* geometry) const { GEOSGeom_destroy_r(context, geometry); }
};
/// Must not outlive its Geos.
using GeometryPtr = std::unique_ptr<GEOSGeometry, GeometryDeleter>;

/// A GEOS context, silent: what GEOS has to say goes into the std::runtime_error thrown when a
/// function fails. Not thread-safe; used while regions are read and by the
/// thread that checks answers, never while operations are made.
class Geos {
  public:
    Geos();
    ~Geos();
    Geos(const Geos&) = delete;
    Geos& operator=(const Geos&) = delete;

    GEOSContextHandle_t handle() const { return handle_; }
    /// Owns the result of a GEOS function; throws if it is null.
    GeometryPtr own(GEOSGeometry* geometry) const;

    GeometryPtr read_wkb(std::span<const unsigned char> wkb) const;
    GeometryPtr box(double min_x, double min_y, double max_x, double max_y) const;
    GeometryPtr intersection(const GEOSGeometry* a, const GEOSGeometry* b) const;
    /// Planar area, in square degrees.
    double area(const GEOSGeometry* geometry) const;

    /// The polygons of a geometry and of the collections in it, without lines, points and empty
    /// polygons. They belong to `geometry`.
    std::vector<const GEOSGeometry*> polygons(const GEOSGeometry* geometry) const;
    /// A valid geometry of the same polygons: rings that cross are repaired by structure, which
    /// keeps shells shells and holes holes.
    GeometryPtr make_valid(const GEOSGeometry* geometry) const;
    GeometryPtr unite(std::vector<GeometryPtr> geometries) const;

  private:
    static void remember(const char* message, void* geos);
    [[noreturn]] void fail() const;

    GEOSContextHandle_t handle_;
    std::string error_;
};

} // namespace citusbench::spatial
