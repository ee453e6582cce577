#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/cluster.hpp"
#include "core/time.hpp"
#include "pg/client.hpp"

namespace citusbench {

/// What an operator does with a dead node of a Citus cluster: --operator none | disable:DELAY.
struct OperatorPolicy {
    /// How long after a fault's confirmation the operator disables the node; nothing: no operator.
    std::optional<Nanoseconds> disable_after;

    /// Throws std::invalid_argument that says how to write it.
    static OperatorPolicy parse(std::string_view text);
    std::string to_string() const;
};

/// What an operator of a Citus cluster does with replicated shards, through the coordinator.
/// Source: Citus documentation, "Cluster Management"; the order was measured on Citus 13.2. Throws
/// RunError.
class CitusOperator {
  public:
    CitusOperator(Cluster& cluster, int replication, const StopFlag& stop);

    /// Those of the nodes that an operator can disable: workers.
    std::vector<std::string> workers_of(const std::vector<std::string>& nodes) const;
    /// citus_disable_node(): from here on writes leave the node out.
    void disable(const std::string& name);
    /// citus_activate_node(): drops the placements that missed writes, so shards have fewer copies.
    void activate(const std::string& name);
    /// replicate_table_shards() for each group of colocated, replicated tables, on every cluster.
    void replicate();

  private:
    /// To the entry point of this cluster.
    pg::Client connect(std::size_t cluster) const;
    const Node& node_of(const std::string& name) const;

    Cluster& cluster_;
    int replication_;
    const StopFlag& stop_;
};

} // namespace citusbench
