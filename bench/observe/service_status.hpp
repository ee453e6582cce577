#pragma once

#include <string>
#include <vector>

#include "cluster/state/cluster_state.hpp"
#include "observe/cluster_status.hpp"

namespace citusbench {

/// Adds what Patroni's REST interface says of its members, and HAProxy's statistics of its back
/// ends, and what is wrong with them. Takes a second or two at most.
void collect_service_status(const ClusterState& cluster, ClusterStatus& status);

/// The servers in HAProxy's statistics (`/;csv`), in their order.
std::vector<BackEndStatus> read_haproxy_statistics(const std::string& csv,
                                                   const std::string& balancer);

} // namespace citusbench
