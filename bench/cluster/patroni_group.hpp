#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cluster/state/cluster_state.hpp"
#include "core/stop_flag.hpp"
#include "core/time.hpp"

namespace citusbench {

/// A group of PostgreSQLs that replicate one another under Patroni, asked through Patroni's REST
/// interface: whichever member answers.
class PatroniGroup {
  public:
    PatroniGroup(const ClusterState& state, int group);

    /// The name of the member that leads. Throws RunError if none does.
    std::string leader() const;
    /// Waits until a member follows that may take over without losing a write: Patroni selects one
    /// some seconds after its start. Does not wait for a group of a single member. Throws RunError,
    /// Interrupted.
    void await_standby(const StopFlag& stop) const;
    /// Has another member take over; when it leads and answers a query. Throws RunError.
    Ticks switch_over(const std::string& from, const StopFlag& stop) const;

  private:
    /// Of the group, without dead leaders' keys that did not run out yet.
    std::optional<std::string> find_leader() const;

    const ClusterState& state_;
    std::vector<Node> members_;
};

} // namespace citusbench
