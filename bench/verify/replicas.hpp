#pragma once

#include <string>
#include <vector>

#include "verify/scan.hpp"

namespace citusbench {

/// The copies of the shards of Citus, compared.
struct Replicas {
    bool any_replicated = false;       ///< a shard with several copies on active nodes
    Violations diverged;               ///< shards; each with the differing node and its rows
    Violations under_replicated;       ///< shards
    std::vector<std::string> problems; ///< copies that could not be read
    std::string repair;                ///< statements that restore the replication

    /// Those of another cluster.
    void append(const Replicas& other);
};

/// Of number `cluster` of several clusters, or of the only one.
/// Counts and sums every copy; where two differ, checks their rows one by one on the nodes.
/// Throws RunError, Interrupted.
Replicas compare_replicas(const VerificationTarget& target, const std::vector<CitusNode>& nodes,
                          std::size_t cluster, Scanner& scanner, RowVerifier& row_verifier,
                          const StopFlag& stop);

} // namespace citusbench
