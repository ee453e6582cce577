#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/cluster_state.hpp"
#include "cluster/local_postgres.hpp"
#include "cluster/node.hpp"
#include "cluster/topology.hpp"
#include "core/stop_flag.hpp"
#include "core/time.hpp"

namespace citusbench {

class ClusterNetwork;

/// A cluster of servers of this machine that citusbench started: PostgreSQL and what its topology
/// puts around it. Its folder (state,
/// data directories, logs) lies below state_root(); whatever ends this object removes it, unless
/// keep() was called. If the process dies by SIGKILL, the next start() or remove_remains() does.
/// Thread-safe. Names are those of nodes or "patroni@NODE"; others throw UsageError. `stop` must
/// outlive the object.
class LocalCluster {
  public:
    using Log = std::function<void(std::string_view line)>;

    /// Removes remains of dead owners, then makes and starts a cluster: five nodes in under 5 s.
    /// Throws RunError with the last lines of a node's log when it does not come up, Interrupted
    /// when `stop` was requested; nothing is left behind then.
    static std::unique_ptr<LocalCluster> start(const ClusterSpec& spec,
                                               const LocalPostgres& postgres, const StopFlag& stop,
                                               const Log& log);
    /// The kept cluster, or nullptr; it stays when the object ends.
    static std::unique_ptr<LocalCluster> open_kept(const StopFlag& stop);
    /// Removes what dead owners left behind; the number of clusters removed.
    static int remove_remains(const Log& log);

    LocalCluster(const LocalCluster&) = delete;
    LocalCluster& operator=(const LocalCluster&) = delete;
    ~LocalCluster(); ///< remove(), unless kept

    const ClusterSpec& spec() const;
    const std::vector<Node>& nodes() const;
    /// nullptr if there is no node of this name.
    const Node* find(std::string_view name) const;
    /// The names with "leader" (see cluster/target_name.hpp) replaced by the node that leads now.
    /// Throws RunError where nobody does.
    std::vector<std::string> resolve(const std::vector<std::string>& targets) const;
    /// Lets another member of its group take over from the leader `name`, through Patroni; returns
    /// when another one leads and answers, with that time. Throws RunError.
    Ticks switch_over(const std::string& name);
    const ClusterState& layout() const;
    /// A connection string that psql accepts, to the database of the cluster. The password is in
    /// a file that it names, so it may be shown and recorded.
    std::string conninfo(const Node& node) const;
    /// What runs there: "PostgreSQL 15.20", "nginx 1.22.1".
    std::string version_of(const Node& node) const;
    std::filesystem::path log_file(const Node& node) const;
    const std::filesystem::path& folder() const;

    /// SIGKILL of every process of these nodes at once. Returns when all of them are gone, with the
    /// time at which the last of them was.
    Ticks kill(const std::vector<std::string>& names);
    /// SIGKILL of the postmasters alone: busy back ends go on for a while.
    Ticks kill_postmaster(const std::vector<std::string>& names);
    /// A shutdown in good order (pg_ctl -m fast); returns when the nodes are gone.
    Ticks stop(const std::vector<std::string>& names);
    /// SIGSTOP of every process; returns when all of them stand still.
    Ticks pause(const std::vector<std::string>& names);
    /// SIGCONT of every process.
    Ticks resume(const std::vector<std::string>& names);
    /// Starts the nodes that are down (and resumes paused ones); returns when each answers a query,
    /// with that time. Throws RunError with the last lines of the log, or Interrupted.
    Ticks start_nodes(const std::vector<std::string>& names);
    /// "up" (answers a query), "down", "starting" (runs, but does not answer within 1 s), "paused",
    /// "cut off" (runs, but nothing is let through to it), "unmanaged" (without its Patroni).
    std::string state(const Node& node) const;

    /// Cuts nodes off and makes them slow to reach; lives as long as the cluster's object.
    ClusterNetwork& network();

    /// CHECKPOINT on every node at once, so that a load's dirty pages are not written while we
    /// measure.
    void checkpoint();

    void keep();   ///< leave it running when this object ends
    void remove(); ///< stop everything and delete the folder; safe to call again

  private:
    struct Impl;
    explicit LocalCluster(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace citusbench
