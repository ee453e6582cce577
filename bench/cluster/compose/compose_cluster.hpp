#pragma once

#include <memory>

#include "cluster/cluster.hpp"

namespace citusbench {

/// A cluster of containers, of compose.yml. One that citusbench started has a folder below
/// state_root() and goes when this object ends, unless keep() was called; if the process dies by
/// SIGKILL, the next start() or remove_stale_clusters() removes it. One that ran already is used
/// and left running.
class ComposeCluster final : public Cluster {
  public:
    /// Uses the topology's containers where they run, else removes stale clusters and
    /// starts them. Throws UsageError for a missing program, RunError that says what hinders it,
    /// Interrupted; nothing that it started is left behind then. `stop` must outlive the result.
    static std::unique_ptr<ComposeCluster> start(const ClusterSpec& spec, const StopFlag& stop,
                                                 const Log& log);
    /// Removes what dead owners left behind, and kept ones if asked for; the number of projects
    /// removed. Without an engine there is nothing to remove.
    static int remove_stale_clusters(bool kept_too, const Log& log);

    ComposeCluster(const ComposeCluster&) = delete;
    ComposeCluster& operator=(const ComposeCluster&) = delete;
    ~ComposeCluster() override;

    /// Started by this object.
    bool is_own() const;
    const ClusterState& layout() const override;
    std::string version_of(const Node& node) const override;

    Ticks kill(const std::vector<std::string>& names) override;
    /// Throws UsageError: a container ends with its main process.
    Ticks kill_postmaster(const std::vector<std::string>& names) override;
    Ticks stop(const std::vector<std::string>& names) override;
    void verify_unreachable(const std::vector<std::string>& names) override;
    Ticks pause(const std::vector<std::string>& names) override;
    Ticks resume(const std::vector<std::string>& names) override;
    Ticks start_nodes(const std::vector<std::string>& names) override;
    std::string state(const Node& node) const override;
    NetworkControl& network() override;

    void keep() override;
    void remove() override;

  private:
    struct Impl;
    ComposeCluster(std::unique_ptr<Impl> impl, const StopFlag& stop);
    std::unique_ptr<Impl> impl_;
};

} // namespace citusbench
