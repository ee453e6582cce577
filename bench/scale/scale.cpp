#include "scale/scale.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace citusbench {
namespace {

void check(const LocalCluster& cluster, int workers) {
    const auto& spec = cluster.spec();
    const auto refuse = [&](const std::string& why) {
        throw UsageError(fmt::format("cluster scale --workers {}: {}", workers, why));
    };
    if (spec.engine == Engine::postgres || spec.topology == "single")
        refuse(fmt::format("topology {} has no workers; start another with citusbench cluster up "
                           "--topology active-active",
                           spec.topology));
    if (workers < spec.workers)
        refuse(fmt::format("the cluster has {} already, and workers are only added; for fewer, "
                           "start a new cluster with citusbench cluster up --workers {}",
                           spec.workers, workers));
    const auto& nodes = cluster.nodes();
    if (spec.clusters > 1 || std::any_of(nodes.begin(), nodes.end(), [](const Node& node) {
            return node.role == Role::worker && node.kind != NodeKind::postgres;
        }))
        refuse(
            fmt::format("topology {} {}, and only workers of one cluster without replicas of "
                        "their own can be added; use --topology active-active",
                        spec.topology,
                        spec.clusters > 1 ? "has several clusters" : "has workers under Patroni"));
    const auto writers = std::count_if(nodes.begin(), nodes.end(), [](const Node& node) {
        return node.role == Role::coordinator;
    });
    // A partition moves while its coordinator locks out writers; another coordinator would not.
    if (spec.engine == Engine::fdw && writers > 1)
        refuse(fmt::format("{} independent coordinators write to the partitions of engine fdw, and "
                           "writes of the others would be lost while one moves them; use --engine "
                           "citus",
                           writers));
}

} // namespace

void scale_out(LocalCluster& cluster, int workers, const StopFlag& stop, const ScaleLog& log) {
    check(cluster, workers);
    for (const auto& node : cluster.nodes())
        if (const auto state = cluster.state(node); state != "up")
            throw UsageError(fmt::format("cluster scale: {} is {}, and shards cannot move without "
                                         "it; heal it with citusbench cluster heal",
                                         node.name, state));
    const int missing = workers - cluster.spec().workers;
    if (missing > 0)
        for (const auto& name : cluster.add_workers(missing, log))
            log(fmt::format("{} is up on port {}", name, cluster.find(name)->port));
    if (cluster.spec().engine == Engine::citus)
        spread_citus(cluster, stop, log);
    else
        spread_fdw(cluster, stop, log);
}

} // namespace citusbench
