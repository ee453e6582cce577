#include "cluster/make_cluster_spec.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "service/service.hpp"

namespace citusbench {
namespace {

// Higher numbers only overload a single machine, and are probably a typo.
constexpr int max_workers = 64;
constexpr int max_writers = 16;
constexpr int max_replicas = 4;
constexpr int max_clusters = 8;
constexpr int max_shards = 4096;
constexpr int max_load_connections = 10'000;

const Topology& checked_topology(const std::string& name) {
    if (const auto* topology = find_topology(name)) return *topology;
    throw UsageError(
        fmt::format("--topology {}: no such topology; use one of {}", name, topology_names()));
}

void check_range(std::string_view option, int value, int most) {
    if (value < 1 || value > most)
        throw UsageError(
            fmt::format("{} {}: must be a whole number between 1 and {}", option, value, most));
}

Engine checked_engine(const std::string& value, const Topology& topology,
                      const LocalPostgres& postgres) {
    if (value == "citus" || (value == "auto" && postgres.has_citus)) {
        if (!postgres.has_citus)
            throw UsageError(fmt::format(
                "--engine citus: PostgreSQL {} in {} has no Citus; install its package "
                "(postgresql-{}-citus-13.2, see docs.citusdata.com) or use --engine fdw",
                postgres.version, postgres.bin_dir.string(), postgres.major));
        return Engine::citus;
    }
    if (value != "fdw" && value != "auto")
        throw UsageError(fmt::format("--engine {}: no such engine; use auto, citus or fdw", value));
    // Without workers there are no foreign tables: plain tables of one PostgreSQL.
    return topology.workers > 0 ? Engine::fdw : Engine::postgres;
}

/// A number that only some topologies take: `usual` is 0 where this one does not.
int checked_count(std::string_view option, const std::optional<int>& value, int usual, int most,
                  const Topology& topology) {
    if (!value) return std::max(usual, 1);
    check_range(option, *value, most);
    if (usual == 0)
        throw UsageError(fmt::format("{} {}: topology {} has none; leave it out", option, *value,
                                     topology.name));
    return *value;
}

int checked_replicas(const ClusterOptions& options, const Topology& topology) {
    if (!options.replicas_per_worker) return 0;
    const int replicas = *options.replicas_per_worker;
    if (replicas < 0 || replicas > max_replicas)
        throw UsageError(
            fmt::format("--replicas-per-worker {}: must be a whole number between 0 and {}",
                        replicas, max_replicas));
    if (replicas > 0 && !topology.has_replicas)
        throw UsageError(fmt::format("--replicas-per-worker {}: topology {} has no Patroni to keep "
                                     "them; leave it out, or use --topology active-passive",
                                     replicas, topology.name));
    return replicas;
}

/// Throws for entries that clients cannot use.
void check_entries(const ClusterSpec& spec) {
    std::vector<std::string> names;
    for (const auto& node : nodes_of(spec))
        // On fdw a worker has no table of the workload's name.
        if (node.role == Role::coordinator || node.role == Role::balancer ||
            (spec.engine == Engine::citus && node.role == Role::worker))
            names.push_back(node.name);
    for (const auto& entry : spec.entries)
        if (std::find(names.begin(), names.end(), entry) == names.end())
            throw UsageError(fmt::format("--entry {}: clients cannot connect to '{}'; on {} they "
                                         "can to {}",
                                         fmt::join(spec.entries, ","), entry, name_of(spec.engine),
                                         fmt::join(names, ", ")));
}

int checked_clusters(const ClusterOptions& options, const Topology& topology) {
    const int clusters = options.clusters.value_or(topology.clusters);
    if (topology.clusters > 1)
        check_range("--clusters", clusters, max_clusters);
    else if (options.clusters)
        throw UsageError(fmt::format("--clusters {}: topology {} is one cluster; leave it out, or "
                                     "use --topology dual-cluster",
                                     clusters, topology.name));
    return clusters;
}

int checked_replication(const ClusterOptions& options, const ClusterSpec& spec) {
    const int holders = spec.workers;
    // Where Patroni keeps replicas of each worker, Citus need not keep copies of each shard.
    const bool has_copies = spec.engine == Engine::citus && spec.replicas_per_worker == 0;
    if (!options.replication) return has_copies ? std::min(2, holders) : 1;
    const int replication = *options.replication;
    if (replication < 1)
        throw UsageError(fmt::format("--replication {}: must be at least 1", replication));
    if (spec.engine != Engine::citus && replication != 1)
        throw UsageError(fmt::format("--replication {}: engine {} keeps one copy of each shard; "
                                     "leave it out or use --engine citus",
                                     replication, name_of(spec.engine)));
    if (replication > holders)
        throw UsageError(fmt::format("--replication {}: only {} node{} to hold the copies; give "
                                     "at most {} or more --workers",
                                     replication, holders, holders == 1 ? "" : "s", holders));
    return replication;
}

/// PgBouncer's own default.
constexpr int usual_pool = 20;

void check_pooling(const ClusterOptions& options, ClusterSpec& spec) {
    spec.pooling = enum_named<Pooling>(options.pooling).value_or(Pooling::none);
    if (spec.pooling == Pooling::none) {
        if (!options.pooling.empty()) // "none" is not offered either: the option is left out then
            throw UsageError(
                fmt::format("--pooler {}: use transaction or session", options.pooling));
        if (options.pool_size)
            throw UsageError(fmt::format("--pool-size {}: there is no pool without --pooler; add "
                                         "it, or leave this out",
                                         *options.pool_size));
        return;
    }
    if (options.pool_size) check_range("--pool-size", *options.pool_size, max_load_connections);
    const bool is_for_each = spec.pooling == Pooling::session;
    // An aborted client holds a connection until the server notices.
    constexpr int left_behind = 4;
    spec.pool_size =
        options.pool_size.value_or(is_for_each ? left_behind * spec.connections : usual_pool);
    if (is_for_each && spec.pool_size < spec.connections)
        throw UsageError(fmt::format("--pool-size {}: with --pooler session each of the {} "
                                     "connections holds one of them for good, and the others wait; "
                                     "give at least {}, or use --pooler transaction",
                                     spec.pool_size, spec.connections, spec.connections));
}

/// All but the programs of this machine.
ClusterSpec checked_spec(const ClusterOptions& options, const LocalPostgres& postgres) {
    const auto& topology = checked_topology(options.topology);
    check_range("--shards", options.shards, max_shards);
    check_range("--connections", options.connections, max_load_connections);
    ClusterSpec spec;
    spec.topology = options.topology;
    spec.engine = checked_engine(options.engine, topology, postgres);
    if (topology.workers > 0)
        spec.workers =
            checked_count("--workers", options.workers, topology.workers, max_workers, topology);
    else
        spec.workers = 1;
    spec.writers =
        checked_count("--writers", options.writers, topology.writers, max_writers, topology);
    spec.clusters = checked_clusters(options, topology);
    spec.replicas_per_worker = checked_replicas(options, topology);
    spec.entries = options.entries;
    spec.shards = options.shards;
    spec.connections = options.connections;
    spec.replication = checked_replication(options, spec);
    check_entries(spec);
    check_pooling(options, spec);
    return spec;
}

/// Workers of compose.yml where each has a replica.
constexpr int compose_groups = 2;

/// Refuses a number that differs from the fixed one of compose.yml.
void check_fixed(std::string_view option, const std::optional<int>& value, int there) {
    if (value && *value != there)
        throw UsageError(fmt::format("{} {}: compose.yml has {}; leave it out, or use --runtime "
                                     "local",
                                     option, *value, there));
}

} // namespace

ClusterSpec make_cluster_spec(const ClusterOptions& options, const LocalPostgres& postgres) {
    auto spec = checked_spec(options, postgres);
    require_programs(spec);
    return spec;
}

ClusterSpec make_compose_spec(const ClusterOptions& options) {
    if (options.engine == "fdw")
        throw UsageError("--engine fdw: the containers of compose.yml run Citus; leave it out, or "
                         "use --runtime local");
    if (!options.pooling.empty())
        throw UsageError(fmt::format("--pooler {}: compose.yml has no PgBouncer; leave it out, or "
                                     "use --runtime local",
                                     options.pooling));
    const auto& topology = checked_topology(options.topology);
    const bool has_replicas = topology.has_replicas && options.replicas_per_worker.value_or(0) > 0;
    const int workers = has_replicas ? compose_groups : topology.workers;
    check_fixed("--workers", options.workers, workers);
    check_fixed("--writers", options.writers, topology.writers);
    check_fixed("--clusters", options.clusters, topology.clusters);
    check_fixed("--replicas-per-worker", options.replicas_per_worker, has_replicas ? 1 : 0);
    LocalPostgres of_the_image;
    of_the_image.has_citus = true;
    auto there = options;
    if (has_replicas) there.workers = workers;
    auto spec = checked_spec(there, of_the_image);
    spec.runtime = Runtime::compose;
    return spec;
}

} // namespace citusbench
