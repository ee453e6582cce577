#include <array>

#include "observe/node_watch.hpp"

namespace citusbench {

// One watch_<kind>.cpp each.
bool is_postgres(const Node& node);
std::unique_ptr<NodeWatch> make_postgres_watch(const ObservedNode& node,
                                               const ObservedCluster& cluster);
bool is_pgbouncer(const Node& node);
std::unique_ptr<NodeWatch> make_pgbouncer_watch(const ObservedNode& node,
                                                const ObservedCluster& cluster);

namespace {

constexpr std::array watches = {
    WatchEntry{"postgres", "connections, transactions, WAL, replication; on Citus placements",
               is_postgres, make_postgres_watch},
    WatchEntry{"pgbouncer", "clients that are served and that wait, connections in the pool",
               is_pgbouncer, make_pgbouncer_watch},
};

} // namespace

std::span<const WatchEntry> watch_registry() {
    return watches;
}

std::unique_ptr<NodeWatch> make_watch(const ObservedNode& node, const ObservedCluster& cluster) {
    for (const auto& entry : watches)
        if (entry.watches(node.node)) return entry.make(node, cluster);
    return nullptr;
}

} // namespace citusbench
