#pragma once

#include <string>
#include <vector>

#include "core/stop_flag.hpp"
#include "topology/node.hpp"

namespace citusbench {

/// A node or an entry point, and how to get there.
struct Access {
    std::string name;
    std::string conninfo; ///< for libpq, password included
};

/// Where a run's rows are.
struct VerificationTarget {
    Engine engine = Engine::postgres;
    int replication = 1;
    int shards = 1;
    std::vector<Access> entries;
    /// Each entry point is a cluster of its own, with the rows whose keys it owns (ClusterMap).
    bool by_key = false;
    /// All nodes, where citusbench controls them; empty where it has to ask the first entry point.
    std::vector<Access> nodes;
    /// fdw: names, in the order of the shards; those of each cluster, one cluster after the other.
    std::vector<std::string> workers;
    /// Why nodes or copies may be missing on purpose (an operator policy, --no-heal on an existing
    /// cluster); empty where everything should be in order.
    std::string accepted_degradation;
};

/// The part of `target` that belongs to one of several clusters.
VerificationTarget target_of_cluster(const VerificationTarget& target, std::size_t cluster);

/// A node of Citus as its metadata has it.
struct CitusNode {
    Access access;
    std::string host;
    std::string port;
    std::string entry_conninfo; ///< of the coordinator that knows it
    bool is_active = true;
};

/// The primary nodes in pg_dist_node of the first entry point, named as in `target` where it knows
/// them. Throws RunError.
std::vector<CitusNode> citus_nodes(const VerificationTarget& target, const StopFlag& stop);

} // namespace citusbench
