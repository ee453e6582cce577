#pragma once

#include "cluster/cluster_state.hpp"
#include "core/stop_flag.hpp"

namespace citusbench {

/// Makes one cluster of running servers. One .cpp an engine; plain PostgreSQL needs nothing.
void assemble_citus(const ClusterState& state, const StopFlag& stop);
void assemble_fdw(const ClusterState& state, const StopFlag& stop);

} // namespace citusbench
