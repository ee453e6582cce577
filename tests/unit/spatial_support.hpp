#pragma once

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <numbers>
#include <numeric>
#include <string>
#include <vector>

#include <boost/math/distributions/chi_squared.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "pg/copy_rows.hpp"
#include "pg/wire.hpp"
#include "workloads/spatial/geos.hpp"
#include "workloads/spatial/open_layer.hpp"
#include "workloads/spatial/spatial.hpp"
#include "workloads/spatial/spatial_workload.hpp"

namespace citusbench::spatial {

constexpr std::int64_t test_load_time_us = 1'760'000'000'000'000;

/// A folder for the files of a test, removed at its end.
class TempFolder {
  public:
    TempFolder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "citusbench_spatial_XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder: " + name);
        path_ = name;
    }
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    std::string path(const std::string& name) const { return (path_ / name).string(); }
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(path(name), std::ios::binary) << text;
        return path(name);
    }

  private:
    std::filesystem::path path_;
};

using Options = std::map<std::string, std::string, std::less<>>;

inline WorkloadConfig config_with(const Options& given, std::uint64_t seed = 1) {
    WorkloadConfig config;
    config.seed = seed;
    config.keys = KeyDistribution::parse("uniform");
    for (const auto& option : options()) config.options.emplace(option.name, option.default_value);
    for (const auto& [name, value] : given) config.options[name] = value;
    return config;
}

inline std::unique_ptr<Workload> workload_with(const Options& given, std::uint64_t seed = 1) {
    return make(config_with(given, seed));
}

/// The message of the UsageError that these options are refused with; empty if they are not.
inline std::string refusal(const Options& given) {
    try {
        workload_with(given);
    } catch (const UsageError& error) {
        return error.what();
    }
    return {};
}

struct Row {
    std::int64_t id = 0;
    std::int32_t vehicle = 0;
    std::string ewkb;
    Point point;
    std::int64_t recorded_us = 0;
    std::string region;
};

inline Point point_of(const std::string& ewkb) {
    Point point;
    std::memcpy(&point.x, ewkb.data() + 9, 8);
    std::memcpy(&point.y, ewkb.data() + 17, 8);
    return point;
}

/// Row `row` of the load, read back from the bytes for COPY.
inline Row loaded(const Workload& workload, std::uint64_t row) {
    pg::CopyBuffer buffer;
    const auto key = workload.make_row(0, row, test_load_time_us, buffer);
    const char* at = buffer.data();
    EXPECT_EQ(pg::from_wire<std::int16_t>(at), 5);
    at += 2;
    std::vector<std::string> fields;
    for (int i = 0; i < 5; ++i) {
        const auto size = static_cast<std::size_t>(pg::from_wire<std::int32_t>(at));
        fields.emplace_back(at + 4, size);
        at += 4 + size;
    }
    EXPECT_EQ(at, buffer.data() + buffer.size());
    EXPECT_EQ(key.text, fields[4]);
    return {pg::from_wire<std::int64_t>(fields[0].data()),
            pg::from_wire<std::int32_t>(fields[1].data()),
            fields[2],
            point_of(fields[2]),
            pg::from_wire<std::int64_t>(fields[3].data()) + pg::postgres_epoch_us,
            fields[4]};
}

inline std::vector<Row> loaded_rows(const Workload& workload, std::uint64_t count) {
    std::vector<Row> rows;
    for (std::uint64_t i = 0; i < count; ++i) rows.push_back(loaded(workload, i));
    return rows;
}

/// A GeoJSON file of features {name, geometry}, the geometry as GeoJSON.
inline std::string geojson(const std::vector<std::pair<std::string, std::string>>& features,
                           const std::string& crs = "") {
    std::string text = R"({"type":"FeatureCollection",)" + crs + R"("features":[)";
    for (std::size_t i = 0; i < features.size(); ++i)
        text += (i ? "," : "") + (R"({"type":"Feature","properties":{"number":)" +
                                  std::to_string(i) + R"(,"name":")" + features[i].first +
                                  R"("},"geometry":)" + features[i].second + "}");
    return text + "]}";
}

/// A rectangle as a GeoJSON geometry.
inline std::string rectangle(double x0, double y0, double x1, double y1) {
    return fmt::format(
        R"({{"type":"Polygon","coordinates":[[[{0},{1}],[{2},{1}],[{2},{3}],[{0},{3}],[{0},{1}]]]}})",
        x0, y0, x1, y1);
}

/// χ² probability of `observed` under counts ∝ `expected`; cells that expect less than 8 are taken
/// together. 0 if something was seen where nothing can be.
inline double chi_square_p(const std::vector<double>& observed, std::vector<double> expected) {
    const double scale = std::accumulate(observed.begin(), observed.end(), 0.0) /
                         std::accumulate(expected.begin(), expected.end(), 0.0);
    double statistic = 0;
    double rest_observed = 0;
    double rest_expected = 0;
    int cells = 0;
    const auto add = [&](double seen, double wanted) {
        statistic += (seen - wanted) * (seen - wanted) / wanted;
        ++cells;
    };
    for (std::size_t i = 0; i < observed.size(); ++i) {
        expected[i] *= scale;
        if (expected[i] <= 0 && observed[i] > 0) return 0;
        if (expected[i] >= 8) {
            add(observed[i], expected[i]);
        } else {
            rest_observed += observed[i];
            rest_expected += expected[i];
        }
    }
    if (rest_expected > 1) add(rest_observed, rest_expected);
    return cdf(complement(boost::math::chi_squared(cells - 1), statistic));
}

} // namespace citusbench::spatial
