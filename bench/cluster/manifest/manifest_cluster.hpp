#pragma once

#include <memory>

#include "cluster/cluster.hpp"
#include "cluster/manifest/manifest.hpp"

namespace citusbench {

/// An existing cluster, whose faults are injected and healed as its manifest says. It keeps running
/// when this object ends.
class ManifestCluster final : public Cluster {
  public:
    /// Asks an entry point which engine is behind it. Throws RunError where none answers,
    /// UsageError for a program that controlling the nodes needs. `stop` must outlive the result.
    static std::unique_ptr<ManifestCluster> open(Manifest manifest, const StopFlag& stop);

    ManifestCluster(const ManifestCluster&) = delete;
    ManifestCluster& operator=(const ManifestCluster&) = delete;
    ~ManifestCluster() override;

    const ClusterState& layout() const override;
    std::string version_of(const Node& node) const override;

    Ticks kill(const std::vector<std::string>& names) override;
    /// Throws UsageError: nothing in a manifest says how.
    Ticks kill_postmaster(const std::vector<std::string>& names) override;
    Ticks stop(const std::vector<std::string>& names) override;
    void verify_unreachable(const std::vector<std::string>& names) override;
    Ticks pause(const std::vector<std::string>& names) override;
    Ticks resume(const std::vector<std::string>& names) override;
    Ticks start_nodes(const std::vector<std::string>& names) override;
    std::string state(const Node& node) const override;
    NetworkControl& network() override;

    void keep() override {}
    void remove() override {}

  private:
    struct Impl;
    ManifestCluster(std::unique_ptr<Impl> impl, const StopFlag& stop);
    std::unique_ptr<Impl> impl_;
};

} // namespace citusbench
