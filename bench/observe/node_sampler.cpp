#include "observe/node_sampler.hpp"

#include <array>

namespace citusbench {

// One <kind>_sampler.cpp each.
bool is_postgres(const Node& node);
std::unique_ptr<NodeSampler> make_postgres_sampler(const MonitoredNode& node,
                                                   const MonitoredCluster& cluster);
bool is_pgbouncer(const Node& node);
std::unique_ptr<NodeSampler> make_pgbouncer_sampler(const MonitoredNode& node,
                                                    const MonitoredCluster& cluster);

namespace {

constexpr std::array samplers = {
    SamplerRegistration{"postgres",
                        "connections, transactions, WAL, replication; on Citus placements",
                        is_postgres, make_postgres_sampler},
    SamplerRegistration{"pgbouncer",
                        "clients that are served and that wait, connections in the pool",
                        is_pgbouncer, make_pgbouncer_sampler},
};

} // namespace

std::span<const SamplerRegistration> sampler_registry() {
    return samplers;
}

std::unique_ptr<NodeSampler> make_sampler(const MonitoredNode& node,
                                          const MonitoredCluster& cluster) {
    for (const auto& registration : samplers)
        if (registration.applies_to(node.node)) return registration.make(node, cluster);
    return nullptr;
}

} // namespace citusbench
