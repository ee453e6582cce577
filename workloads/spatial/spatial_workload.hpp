#pragma once

#include <memory>
#include <string>
#include <vector>

#include "workload/workload.hpp"
#include "workloads/spatial/regions.hpp"
#include "workloads/spatial/settings.hpp"

namespace citusbench::spatial {

inline constexpr std::int64_t day_us = 86'400'000'000;
inline constexpr std::int64_t loaded_days = 30;

/// A row of vehicle_locations as it is loaded, but for its id.
struct LoadedRow {
    Place place;
    std::int32_t vehicle = 0;        ///< from 1
    std::int64_t before_load_us = 0; ///< how long before the load it was recorded
};

/// Positions of vehicles. Row `row` is a pure function of (seed, row, settings): points after the
/// regions, vehicles evenly, times evenly over the 30 days before the load, rising with the row,
/// so that `--keys latest` means the most recent positions.
class SpatialWorkload final : public Workload {
  public:
    SpatialWorkload(Settings settings, const WorkloadConfig& config,
                    std::unique_ptr<Regions> regions);

    std::string_view name() const override { return "spatial"; }
    std::string scale() const override;
    const std::vector<OperationKind>& operations() const override { return operations_; }
    std::vector<std::string> extensions() const override { return {"postgis"}; }
    const std::vector<pg::TableSpec>& tables() const override { return tables_; }
    std::uint64_t row_count(std::size_t /*table*/) const override { return settings_.points; }
    RoutingKey make_row(std::size_t table, std::uint64_t row, std::int64_t load_time_us,
                        pg::CopyBuffer& out) const override;
    std::unique_ptr<Session> session(const RunIdentity& identity) const override;
    std::string_view key_noun() const override { return "regions"; }
    std::uint64_t key_count() const override { return regions_->codes().size(); }
    RoutingKey key(std::uint64_t i) const override {
        return RoutingKey::of(std::string_view(regions_->codes()[i]));
    }
    /// The demo's table has no key.
    bool inserts_are_unique() const override { return settings_.schema == Schema::tuned; }
    std::unique_ptr<AnswerChecker> answer_checker(const RunIdentity& identity,
                                                  std::span<const double> weights) const override;

    LoadedRow loaded_row(std::uint64_t row) const;
    const Settings& settings() const { return settings_; }
    const Regions& regions() const { return *regions_; }
    const KeyChooser& chooser() const { return chooser_; }
    std::uint64_t seed() const { return seed_; }

  private:
    Settings settings_;
    std::uint64_t seed_;
    std::unique_ptr<Regions> regions_;
    KeyChooser chooser_; ///< of loaded rows
    std::vector<OperationKind> operations_;
    std::vector<pg::TableSpec> tables_;
};

} // namespace citusbench::spatial
