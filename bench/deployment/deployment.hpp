#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/routing_key.hpp"
#include "core/stop_flag.hpp"
#include "pg/table_spec.hpp"
#include "topology/node.hpp"

namespace citusbench {

class Cluster;

/// The target of copying a table's rows: a connection and the table's name there.
struct CopyTarget {
    std::string conninfo;
    std::string table; ///< qualified
};

/// The tables of a workload on one kind of engine: how they are made and where their rows go.
/// One .cpp an engine. SQL comes from sql/cluster. Functions that talk to servers throw RunError
/// (pg::ServerError) or Interrupted.
class Deployment {
  public:
    virtual ~Deployment() = default;
    /// Asks every node for all that could refuse drop() and create(), and makes the extensions
    /// there. Throws UsageError; nothing was dropped then.
    virtual void check(const std::vector<std::string>& extensions) = 0;
    /// Creates schema `citusbench` and tables, without keys and indexes. After check().
    virtual void create(const std::vector<pg::TableSpec>& tables,
                        const std::vector<std::string>& extensions) = 0;
    /// Makes keys and indexes on all nodes, in parallel, then vacuums and analyzes, so that
    /// autovacuum does not do it while we measure.
    virtual void finish(const std::vector<pg::TableSpec>& tables) = 0;
    /// Drops schema `citusbench` everywhere. The caller has checked the marker.
    virtual void drop() = 0;
    virtual std::vector<CopyTarget> copy_targets(const pg::TableSpec& table) const = 0;
    /// Index into copy_targets() for a row with this key. Rows of a reference table go to all of
    /// them.
    virtual std::size_t target_of(const RoutingKey& key) const = 0;
    /// The number of copy_targets(), of whatever table.
    virtual std::size_t target_count() const = 0;
};

struct DeploymentSpec {
    Engine engine = Engine::postgres;
    std::string entry_conninfo; ///< of a coordinator: everything is set up through it
    /// fdw: further coordinators, which get foreign tables over the same partitions.
    std::vector<std::string> more_coordinators;
    std::vector<Node> workers; ///< fdw: where the partitions lie, shard s on workers[s % size]
    std::vector<std::string> worker_conninfos; ///< in the same order
    int replication = 1;
    int shards = 32;
};
/// Of number `part` of several independent clusters.
DeploymentSpec deployment_spec(const Cluster& cluster, std::size_t part = 0);

/// `stop` must outlive the result.
std::unique_ptr<Deployment> make_deployment(const DeploymentSpec& spec, const StopFlag& stop);

/// The same on several independent clusters, side by side: each holds the rows whose key it owns
/// (ClusterMap). One alone is as make_deployment() has it.
std::unique_ptr<Deployment> make_deployment(const std::vector<DeploymentSpec>& clusters,
                                            const StopFlag& stop);

} // namespace citusbench
