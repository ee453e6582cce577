#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/state/cluster_state.hpp"
#include "core/stop_flag.hpp"
#include "core/time.hpp"
#include "network/network_control.hpp"

namespace citusbench {

/// A cluster into whose nodes citusbench can inject faults, whatever runs them: processes of this
/// machine (LocalCluster) or containers (ComposeCluster). Thread-safe. Names are those of nodes or
/// "patroni@NODE"; others throw UsageError.
class Cluster {
  public:
    using Log = std::function<void(std::string_view line)>;

    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;
    virtual ~Cluster() = default;

    virtual const ClusterState& layout() const = 0;
    const ClusterSpec& spec() const { return layout().spec; }
    const std::vector<Node>& nodes() const { return layout().nodes; }
    const std::filesystem::path& folder() const { return layout().folder; }
    /// nullptr if there is no node of this name.
    const Node* find(std::string_view name) const { return layout().find(name); }
    /// A connection string that psql accepts, to the database of the cluster. The password is in
    /// a file that it names, so it may be shown and recorded.
    std::string conninfo(const Node& node) const { return layout().conninfo(node); }

    /// The names with "leader" (see topology/target_name.hpp) replaced by the node that leads now.
    /// Throws RunError if no node leads.
    std::vector<std::string> resolve(const std::vector<std::string>& targets) const;
    /// Lets another member of its group take over from the leader `name`, through Patroni; returns
    /// when another one leads and answers, with that time. Throws RunError.
    Ticks switch_over(const std::string& name);
    /// CHECKPOINT on every node at once, so that a load's dirty pages are not written while we
    /// measure.
    void checkpoint();

    /// What runs there: "PostgreSQL 15.20", "nginx 1.22.1".
    virtual std::string version_of(const Node& node) const = 0;
    /// SIGKILL of every process of these nodes at once. Returns when all of them are gone, with the
    /// time at which the last of them was.
    virtual Ticks kill(const std::vector<std::string>& names) = 0;
    /// SIGKILL of the postmasters alone: busy back ends continue for a while.
    virtual Ticks kill_postmaster(const std::vector<std::string>& names) = 0;
    /// A graceful shutdown (pg_ctl -m fast); returns when the nodes are gone.
    virtual Ticks stop(const std::vector<std::string>& names) = 0;
    /// Checks, as a client, that ended nodes are gone. Throws RunError if one still answers, or if
    /// it is unknown whether it ended.
    virtual void verify_unreachable(const std::vector<std::string>& /*names*/) {}
    /// Stops every process by SIGSTOP; returns when all of them stand still.
    virtual Ticks pause(const std::vector<std::string>& names) = 0;
    virtual Ticks resume(const std::vector<std::string>& names) = 0;
    /// Starts the nodes that are down (and resumes paused ones); returns when each answers a query,
    /// with that time. Throws RunError with the last lines of the log, or Interrupted.
    virtual Ticks start_nodes(const std::vector<std::string>& names) = 0;
    /// "up" (answers a query), "down", "starting" (runs, but does not answer within 1 s), "paused",
    /// "cut off" (runs, but nothing is let through to it).
    virtual std::string state(const Node& node) const = 0;
    /// Cuts nodes off and makes them slow to reach; lives as long as the cluster's object.
    virtual NetworkControl& network() = 0;

    virtual void keep() = 0;   ///< leave it running when this object ends
    virtual void remove() = 0; ///< stop everything, delete what it left; safe to call again

  protected:
    /// `stop` must outlive the object.
    explicit Cluster(const StopFlag& stop) : stop_(stop) {}
    const StopFlag& stop_flag() const { return stop_; }

  private:
    const StopFlag& stop_;
};

} // namespace citusbench
