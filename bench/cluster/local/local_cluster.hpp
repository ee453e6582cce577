#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cluster/cluster.hpp"
#include "cluster/local/cluster_network.hpp"
#include "cluster/state/local_postgres.hpp"

namespace citusbench {

/// A cluster of servers of this machine that citusbench started: PostgreSQL and what its topology
/// puts around it. Its folder (state,
/// data directories, logs) lies below state_root(); whatever ends this object removes it, unless
/// keep() was called. If the process dies by SIGKILL, the next start() or remove_stale_clusters()
/// does. `stop` must outlive the object.
class LocalCluster final : public Cluster {
  public:
    /// Removes stale clusters (whose owner is dead), then makes and starts a cluster: five nodes in
    /// under 5 s. Throws RunError with the last lines of a node's log when it does not come up,
    /// Interrupted when `stop` was requested; nothing is left behind then.
    static std::unique_ptr<LocalCluster> start(const ClusterSpec& spec,
                                               const LocalPostgres& postgres, const StopFlag& stop,
                                               const Log& log);
    /// The kept cluster, or nullptr; it stays when the object ends.
    static std::unique_ptr<LocalCluster> open_kept(const StopFlag& stop);
    /// Removes what dead owners left behind; the number of clusters removed.
    static int remove_stale_clusters(const Log& log);

    LocalCluster(const LocalCluster&) = delete;
    LocalCluster& operator=(const LocalCluster&) = delete;
    ~LocalCluster() override; ///< remove(), unless kept

    const ClusterState& layout() const override;
    std::string version_of(const Node& node) const override;
    std::filesystem::path log_file(const Node& node) const;

    Ticks kill(const std::vector<std::string>& names) override;
    Ticks kill_postmaster(const std::vector<std::string>& names) override;
    Ticks stop(const std::vector<std::string>& names) override;
    Ticks pause(const std::vector<std::string>& names) override;
    Ticks resume(const std::vector<std::string>& names) override;
    Ticks start_nodes(const std::vector<std::string>& names) override;
    std::string state(const Node& node) const override;
    ClusterNetwork& network() override;

    /// Makes and starts further workers, named on from the last, and notes them in the state; they
    /// hold nothing and no other node knows them. What was begun is removed where that fails.
    /// Returns their names.
    std::vector<std::string> add_workers(int count, const Log& log);

    void keep() override;
    void remove() override;

  private:
    struct Impl;
    LocalCluster(std::unique_ptr<Impl> impl, const StopFlag& stop);
    std::unique_ptr<Impl> impl_;
};

} // namespace citusbench
