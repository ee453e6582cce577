#pragma once

#include <string>
#include <vector>

#include "cluster/state/cluster_state.hpp"
#include "observe/cluster_status.hpp"

namespace citusbench {

/// Adds Patroni's members (from its REST interface), HAProxy's back ends (from its statistics) and
/// their problems. Takes at most a second or two.
void collect_service_status(const ClusterState& cluster, ClusterStatus& status);

/// The servers in HAProxy's statistics (`/;csv`), in their order.
std::vector<BackEndStatus> read_haproxy_statistics(const std::string& csv,
                                                   const std::string& balancer);

} // namespace citusbench
