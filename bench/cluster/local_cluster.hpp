#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/node.hpp"
#include "cluster/topology.hpp"
#include "core/stop_flag.hpp"
#include "core/time.hpp"

namespace citusbench {

/// What the PostgreSQL of this machine offers.
struct LocalPostgres {
    std::filesystem::path bin_dir;  ///< with initdb, postgres, pg_ctl
    std::string version;            ///< "15.20"
    bool has_citus = false;
    bool has_postgis = false;
};
/// The newest PostgreSQL found (CITUSBENCH_PG_BIN first, then pg_config, Debian's folders, PATH).
/// Throws UsageError that names the package to install.
LocalPostgres find_local_postgres();

/// A cluster of PostgreSQL processes of this machine that citusbench started. Its folder (state,
/// data directories, logs) lies below state_root(); whatever ends this object removes it, unless
/// keep() was called. All functions that wait ask `stop` and throw Interrupted.
class LocalCluster {
  public:
    using Log = std::function<void(std::string_view line)>;

    /// Removes remains of dead owners, then makes and starts a cluster: five nodes in under 5 s.
    /// Throws RunError with the last lines of a node's log when it does not come up.
    static std::unique_ptr<LocalCluster> start(const ClusterSpec& spec, const LocalPostgres& postgres,
                                               const StopFlag& stop, const Log& log);
    /// The kept cluster, if there is one; it stays when the object ends.
    static std::unique_ptr<LocalCluster> open_kept(const StopFlag& stop);
    /// Removes what dead owners left behind; the number of clusters removed.
    static int remove_remains(const Log& log);

    ~LocalCluster();  ///< remove(), unless kept

    const ClusterSpec& spec() const;
    const std::vector<Node>& nodes() const;
    /// nullptr if there is no node of this name.
    const Node* find(std::string_view name) const;
    /// A connection string that psql accepts, to the database of the cluster.
    std::string conninfo(const Node& node) const;
    std::filesystem::path log_file(const Node& node) const;

    /// SIGKILL of every process of these nodes at once. Returns when all of them are gone, with the
    /// time at which the last of them was.
    Ticks kill(const std::vector<std::string>& names);
    /// pg_ctl -m fast; returns when the node is gone.
    Ticks stop(const std::vector<std::string>& names);
    /// SIGSTOP / SIGCONT of every process.
    Ticks pause(const std::vector<std::string>& names);
    Ticks resume(const std::vector<std::string>& names);
    /// Starts the nodes that are down; returns when each answers a query, with that time.
    Ticks start_nodes(const std::vector<std::string>& names);
    /// "up" (answers a query), "down", "starting", "paused".
    std::string state(const Node& node) const;

    void keep();    ///< leave it running when this object ends
    void remove();  ///< stop everything and delete the folder; safe to call again

  private:
    struct Impl;
    explicit LocalCluster(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// The folder with a folder per cluster: CITUSBENCH_STATE, else /var/tmp/citusbench-<uid>.
std::filesystem::path state_root();

}  // namespace citusbench
