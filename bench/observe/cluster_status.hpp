#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cluster/manifest/manifest.hpp"
#include "observe/monitored_cluster.hpp"

namespace citusbench {

/// A node as it is now.
struct NodeStatus {
    std::string name;
    std::string role; ///< "coordinator", "worker"
    std::string address;
    bool is_entry = false;
    std::string state;                     ///< "up", "down", "paused", …; see Cluster::state()
    std::optional<bool> is_active;         ///< on Citus, for nodes in its metadata: in use
    std::uint64_t placements = 0;          ///< copies of shards that it should hold
    std::optional<std::uint64_t> rows;     ///< of these, as counted there
    std::map<std::string, double> metrics; ///< as in monitor.csv; empty where it does not answer
};

/// A copy of a shard.
struct PlacementStatus {
    std::string node;
    bool is_active = true;
    std::optional<std::uint64_t> rows;  ///< none where the node could not be asked
    bool is_estimate = false;           ///< of a large one: what PostgreSQL's statistics say
    std::optional<std::uint64_t> bytes; ///< with its indexes
};

struct ShardStatus {
    std::string table;
    std::string kind; ///< "distributed", "reference", "local"
    std::string shard;
    std::vector<PlacementStatus> placements;

    /// Of the copy with the most; none where no copy could be asked.
    std::optional<std::uint64_t> rows() const;
    int active_placements() const;
};

/// A transaction that is prepared on a node and not finished yet.
struct PreparedStatus {
    std::string node;
    std::string gid;
    double age_s = 0;
};

/// A member of a group under Patroni, as Patroni reports it.
struct MemberStatus {
    std::string name;
    int group = 0;                          ///< 0: the coordinators, from 1 on the workers
    std::string role;                       ///< "leader", "sync_standby", "replica", …
    std::string state;                      ///< "running", "streaming", "stopped", …
    std::uint64_t timeline = 0;             ///< 0: not known
    std::optional<std::uint64_t> lag_bytes; ///< of those that follow
};

/// A server that a balancer passes connections on to.
struct BackEndStatus {
    std::string balancer;
    std::string frontend; ///< which of the balancer's ports: "leader", "replicas", "coordinators"
    std::string server;
    std::string state; ///< "up", "down" by the balancer's own checks; "not told" (nginx)
    std::optional<std::uint64_t> connections; ///< now
};

/// The result of `cluster status`.
struct ClusterStatus {
    std::string topology; ///< "existing" where citusbench did not start it
    Engine engine = Engine::postgres;
    int replication = 1;
    std::string workload; ///< what is loaded, with its scale; empty: nothing
    std::vector<NodeStatus> nodes;
    std::vector<ShardStatus> shards; ///< by table, in the order of the hash ranges
    std::vector<PreparedStatus> prepared;
    std::vector<MemberStatus> members;    ///< of groups under Patroni
    std::vector<BackEndStatus> back_ends; ///< of balancers
    std::vector<std::string> reasons;     ///< why it is not healthy; empty if it is

    bool is_healthy() const { return reasons.empty(); }
    std::vector<const ShardStatus*> under_replicated() const;
};

/// A transaction that is prepared for longer is unresolved, and not a two-phase commit in progress.
inline constexpr double in_doubt_after_s = 5;

/// Queries every node once; takes a few seconds at most, whatever state the nodes are in.
/// `state_of` gives the states that a query cannot show (stopped, paused); without it a node that
/// does not answer is "unreachable".
ClusterStatus collect_status(const MonitoredCluster& cluster,
                             const std::function<std::string(const Node&)>& state_of);

/// The nodes behind an entry point that citusbench did not start, found through it. Throws RunError
/// where it cannot be reached.
MonitoredCluster discover(const std::string& dsn);

/// Further addresses to ask besides an entry point, as "host:port"; empty: none.
struct DiscoveryHints {
    std::string patroni; ///< REST interface of any member of the coordinators' group
    std::string haproxy; ///< the statistics page of the HAProxy that the entry point is
};
/// A first manifest of the cluster behind an entry point: its nodes, and the control of those that
/// are processes or containers of this machine. Throws RunError, UsageError.
Manifest discover_manifest(const std::string& dsn, const DiscoveryHints& hints);

/// As docs/CLUSTER.md describes it.
std::string to_json(const ClusterStatus& status);

} // namespace citusbench
