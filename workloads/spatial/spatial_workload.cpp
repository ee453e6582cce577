#include "workloads/spatial/spatial_workload.hpp"

#include <GeographicLib/Config.h>
#include <fmt/format.h>
#include <gdal.h>
#include <geos_c.h>

#include "core/embedded_files.hpp"
#include "workloads/spatial/answers.hpp"
#include "workloads/spatial/operations.hpp"
#include "workloads/spatial/regions.hpp"
#include "workloads/spatial/shape.hpp"
#include "workloads/spatial/spatial.hpp"
#include "workloads/spatial/spatial_session.hpp"

namespace citusbench::spatial {
namespace {

// Operations draw from streams 2^32 and up, see spatial_session.cpp.
constexpr std::uint64_t row_stream = 1;

pg::TableSpec table_spec(Schema schema) {
    pg::TableSpec table;
    table.name = "vehicle_locations";
    table.distribution_column = "region_code";
    table.text_key = true;
    table.copy_columns = {"id", "vehicle_id", "location", "recorded_at", "region_code"};
    pg::read_table_sql(sql_text(fmt::format("spatial/vehicle_locations_{}.sql", name_of(schema))),
                       table);
    return table;
}

} // namespace

SpatialWorkload::SpatialWorkload(Settings settings, const WorkloadConfig& config,
                                 std::unique_ptr<Regions> regions)
    : settings_(std::move(settings)), seed_(config.seed), regions_(std::move(regions)),
      chooser_(config.keys, settings_.points), operations_(operation_kinds()),
      tables_({table_spec(settings_.schema)}) {}

std::string SpatialWorkload::scale() const {
    return fmt::format("points={} vehicles={} schema={} regions={}", settings_.points,
                       settings_.vehicles, name_of(settings_.schema), regions_->label());
}

LoadedRow SpatialWorkload::loaded_row(std::uint64_t row) const {
    Random random(seed_, row_stream, row);
    LoadedRow loaded;
    loaded.place = regions_->draw(random);
    loaded.vehicle = static_cast<std::int32_t>(random.below(settings_.vehicles)) + 1;
    // A row has the slice of the 30 days that its number says, and a random time in it.
    const double age = (static_cast<double>(settings_.points - 1 - row) + random.unit()) /
                       static_cast<double>(settings_.points);
    loaded.before_load_us =
        static_cast<std::int64_t>(age * static_cast<double>(loaded_days * day_us));
    return loaded;
}

RoutingKey SpatialWorkload::make_row(std::size_t /*table*/, std::uint64_t row,
                                     std::int64_t load_time_us, pg::CopyBuffer& out) const {
    const auto loaded = loaded_row(row);
    const std::string_view code = regions_->codes()[loaded.place.region];
    out.begin_row(5);
    out.add_int8(static_cast<std::int64_t>(row) + 1);
    out.add_int4(loaded.vehicle);
    out.add_bytes(point_ewkb(loaded.place.point));
    out.add_timestamp(load_time_us - loaded.before_load_us);
    out.add_text(code);
    return RoutingKey::of(code);
}

std::unique_ptr<Session> SpatialWorkload::session(const RunIdentity& identity) const {
    return std::make_unique<SpatialSession>(*this, identity);
}

std::unique_ptr<AnswerChecker>
SpatialWorkload::answer_checker(const RunIdentity& identity,
                                std::span<const double> weights) const {
    return std::make_unique<SpatialAnswers>(*this, identity, weights);
}

std::unique_ptr<Workload> make(const WorkloadConfig& config) {
    auto settings = read_settings(config);
    auto regions = load_regions(settings);
    return std::make_unique<SpatialWorkload>(std::move(settings), config, std::move(regions));
}

std::string libraries() {
    return fmt::format("GEOS {}\nGDAL {}\nGeographicLib {}", GEOSversion(),
                       GDALVersionInfo("RELEASE_NAME"), GEOGRAPHICLIB_VERSION_STRING);
}

} // namespace citusbench::spatial
