#pragma once

#include "cluster/state/cluster_state.hpp"
#include "core/stop_flag.hpp"
#include "pg/client.hpp"

namespace citusbench {

/// Forms one cluster of running servers. One .cpp an engine; plain PostgreSQL needs nothing.
void form_cluster_citus(const ClusterState& state, const StopFlag& stop);
/// Makes a worker known to a coordinator.
void make_fdw_server(pg::Client& coordinator, const Node& worker, const ClusterState& state);
void form_cluster_fdw(const ClusterState& state, const StopFlag& stop);

} // namespace citusbench
