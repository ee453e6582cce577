#include "cluster/cluster_wish.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "core/error.hpp"

namespace citusbench {
namespace {

// Beyond these a laptop's cluster only thrashes; a typo of a zero too many is more likely.
constexpr int max_workers = 64;
constexpr int max_clusters = 8;
constexpr int max_shards = 4096;
constexpr int max_connections = 10'000;

const Topology& checked_topology(const std::string& name) {
    if (const auto* topology = find_topology(name)) return *topology;
    std::string names;
    for (const auto& topology : topology_registry())
        names += fmt::format("{}{}", names.empty() ? "" : ", ", topology.name);
    throw UsageError(fmt::format("--topology {}: no such topology; take one of {}", name, names));
}

void check_range(std::string_view option, int value, int most) {
    if (value < 1 || value > most)
        throw UsageError(
            fmt::format("{} {}: give a whole number from 1 to {}", option, value, most));
}

Engine checked_engine(const std::string& wish, const Topology& topology,
                      const LocalPostgres& postgres) {
    if (wish == "citus" || (wish == "auto" && postgres.has_citus)) {
        if (!postgres.has_citus)
            throw UsageError(fmt::format(
                "--engine citus: PostgreSQL {} in {} has no Citus; install its package "
                "(postgresql-{}-citus-13.2, see docs.citusdata.com) or take --engine fdw",
                postgres.version, postgres.bin_dir.string(), postgres.major));
        return Engine::citus;
    }
    if (wish != "fdw" && wish != "auto")
        throw UsageError(fmt::format("--engine {}: no such engine; take auto, citus or fdw", wish));
    // Without workers there is nothing to be foreign: plain tables of one PostgreSQL.
    return topology.has_workers ? Engine::fdw : Engine::postgres;
}

int checked_clusters(const ClusterWish& wish, const Topology& topology) {
    const int clusters = wish.clusters.value_or(topology.clusters);
    if (topology.clusters > 1)
        check_range("--clusters", clusters, max_clusters);
    else if (wish.clusters)
        throw UsageError(fmt::format("--clusters {}: topology {} is one cluster; leave it out, or "
                                     "take --topology dual-cluster",
                                     clusters, topology.name));
    return clusters;
}

int checked_replication(const ClusterWish& wish, const ClusterSpec& spec) {
    const int holders = spec.workers;
    if (!wish.replication) return spec.engine == Engine::citus ? std::min(2, holders) : 1;
    const int replication = *wish.replication;
    if (replication < 1)
        throw UsageError(fmt::format("--replication {}: give 1 or more", replication));
    if (spec.engine != Engine::citus && replication != 1)
        throw UsageError(fmt::format("--replication {}: engine {} keeps one copy of each shard; "
                                     "leave it out or take --engine citus",
                                     replication, name_of(spec.engine)));
    if (replication > holders)
        throw UsageError(fmt::format("--replication {}: only {} node{} to hold the copies; give "
                                     "at most {} or more --workers",
                                     replication, holders, holders == 1 ? "" : "s", holders));
    return replication;
}

} // namespace

ClusterSpec make_cluster_spec(const ClusterWish& wish, const LocalPostgres& postgres) {
    const auto& topology = checked_topology(wish.topology);
    const int workers = wish.workers.value_or(topology.workers);
    check_range("--workers", workers, max_workers);
    check_range("--shards", wish.shards, max_shards);
    check_range("--connections", wish.connections, max_connections);
    ClusterSpec spec;
    spec.topology = wish.topology;
    spec.engine = checked_engine(wish.engine, topology, postgres);
    spec.clusters = checked_clusters(wish, topology);
    spec.workers = topology.has_workers ? workers : 1;
    spec.shards = wish.shards;
    spec.connections = wish.connections;
    spec.replication = checked_replication(wish, spec);
    return spec;
}

} // namespace citusbench
