#pragma once

#include <cpl_error.h>
#include <ogrsf_frmts.h>

#include <memory>
#include <string>

#include "workloads/spatial/settings.hpp"

namespace citusbench::spatial {

/// While it lives, GDAL writes nothing on standard error in this thread.
class QuietGdal {
  public:
    QuietGdal() { CPLPushErrorHandler(CPLQuietErrorHandler); }
    ~QuietGdal() { CPLPopErrorHandler(); }
    QuietGdal(const QuietGdal&) = delete;
    QuietGdal& operator=(const QuietGdal&) = delete;
};

/// GDAL's last message on one line, or "GDAL gives no reason".
std::string gdal_reason();

/// A layer to read, with its file; a view of features filtered by --region-where.
struct OpenLayer {
    std::unique_ptr<GDALDataset> dataset;
    OGRLayer* layer = nullptr;
    int field = -1; ///< with the region's code; -1: the feature id
};

/// Opens the file of --regions, finds its layer and field, and applies --region-where. Throws
/// UsageError; a list of the layers or fields that there are stands in it.
OpenLayer open_layer(const Settings& settings);

} // namespace citusbench::spatial
