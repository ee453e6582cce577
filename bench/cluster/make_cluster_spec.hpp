#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cluster/state/local_postgres.hpp"
#include "topology/topology.hpp"

namespace citusbench {

/// The options of a cluster as they were given on the command line, nothing checked yet.
struct ClusterOptions {
    Runtime runtime = Runtime::local;
    std::string topology = "active-active";
    std::string engine = "auto";
    std::optional<int> workers; ///< as many as the topology says; of each cluster
    std::optional<int> writers;
    std::optional<int> clusters;
    std::optional<int> replicas_per_worker;
    std::string pooling; ///< "session" or "transaction"; empty: no pooler
    std::optional<int> pool_size;
    std::vector<std::string> entries; ///< those that the topology says
    std::optional<int> replication;   ///< 2 on citus with two workers or more, otherwise 1
    int shards = 32;
    int connections = 16;
};

/// Checks every rule across the options and fills in the defaults. Throws UsageError that
/// names the option, the value and the fix, and for a program that is missing; touches nothing.
ClusterSpec make_cluster_spec(const ClusterOptions& options, const LocalPostgres& postgres);
/// The same for containers, of which compose.yml fixes how many there are.
ClusterSpec make_compose_spec(const ClusterOptions& options);

} // namespace citusbench
