#include <fmt/format.h>

#include "cli/cluster_options.hpp"
#include "cli/dsn_option.hpp"
#include "cli/plan_tables.hpp"
#include "core/error.hpp"
#include "service/service.hpp"

namespace citusbench {
namespace {

/// What is behind --dsn is found out, not asked for.
void read_existing(const ParsedOptions& options, Plan& plan) {
    refuse_cluster_options(options);
    plan.topology = "existing";
    if (!options.has("topology")) return;
    plan.topology = options.text("topology");
    if (find_topology(plan.topology)) return;
    throw UsageError(
        fmt::format("--topology {}: there is no such topology; use {}, or leave it out",
                    plan.topology, topology_names()));
}

void read_local(const ClusterOptions& cluster, Plan& plan) {
    if (plan.init == InitMode::forbidden)
        throw UsageError("--init never: a cluster of citusbench's own holds no data yet; leave it "
                         "out, or name a loaded database with --dsn");
    const StopFlag no_stop;
    if (plan.keep && LocalCluster::open_kept(no_stop))
        throw UsageError("--keep: a cluster is kept already; use it with --dsn, or remove it with "
                         "citusbench cluster down");
    plan.postgres = find_local_postgres();
    plan.cluster = make_cluster_spec(cluster, *plan.postgres);
    const bool needs_postgis = !plan.workload->extensions().empty();
    if (needs_postgis && !plan.postgres->has_postgis)
        throw UsageError(
            fmt::format("--workload {}: PostgreSQL {} of this machine has no PostGIS; "
                        "install postgresql-{}-postgis-3 (scripts/setup does)",
                        plan.workload->name(), plan.postgres->version,
                        plan.postgres->version.substr(0, plan.postgres->version.find('.'))));
}

void read_own(const ParsedOptions& options, Plan& plan) {
    auto cluster = read_cluster_options(options);
    cluster.shards = plan.shards;
    cluster.connections = static_cast<int>(plan.connections);
    if (cluster.runtime == Runtime::compose)
        plan.cluster = make_compose_spec(cluster);
    else
        read_local(cluster, plan);
    plan.topology = plan.cluster->topology;
}

/// An existing cluster whose nodes can be broken.
void read_manifest_option(const ParsedOptions& options, Plan& plan) {
    const auto& file = options.text("cluster");
    if (options.has("dsn"))
        throw UsageError(
            fmt::format("--cluster {}: it names the entry points; leave --dsn out", file));
    if (plan.keep)
        throw UsageError(
            fmt::format("--keep: the cluster of --cluster {} stays anyway; leave it out", file));
    plan.manifest = read_manifest(file);
    for (const auto& [node, control] : plan.manifest->nodes)
        if (node.is_entry) plan.dsns.push_back(plan.manifest->conninfo(node));
    read_existing(options, plan);
}

/// Needs the cluster: a pooler may not keep what a client prepared.
void read_protocol(const ParsedOptions& options, Plan& plan) {
    const bool is_kept =
        !plan.cluster || plan.cluster->pooling != Pooling::transaction || pooler_keeps_prepared();
    plan.prepared = is_kept;
    if (!options.has("protocol")) return;
    const OptionValue protocol(options, "protocol");
    plan.prepared = protocol.choice<bool>({{"prepared", true}, {"extended", false}});
    if (plan.prepared && !is_kept)
        protocol.refuse("this PgBouncer lends connections by transaction and forgets what was "
                        "prepared on them, before 1.21; use --protocol extended, or --pooler "
                        "session");
}

void read_place(const ParsedOptions& options, Plan& plan) {
    if (options.has("replication"))
        plan.replication = OptionValue(options, "replication").number<int>(1, 1000);
    if (options.has("cluster")) return read_manifest_option(options, plan);
    if (!options.has("dsn")) return read_own(options, plan);
    if (plan.keep)
        throw UsageError("--keep: an existing database stays anyway; leave it out with --dsn");
    read_existing(options, plan);
}

} // namespace

const OptionTable<Plan>& target_table() {
    static const OptionTable<Plan> table = {
        {list_option("dsn", "CONNINFO",
                     "an existing database instead of an own cluster; repeatable"),
         [](Plan& plan, const OptionValue& value) {
             plan.dsns = value.list();
             for (const auto& dsn : plan.dsns) check_dsn(dsn);
         }},
        {text_option("cluster", "FILE",
                     "an existing cluster: its nodes, and how to break and heal each "
                     "(docs/MANIFEST.md)")},
        {text_option("route", "HOW",
                     "round-robin: connections spread over the entry points, and move on when one "
                     "fails; hash: each entry point is a cluster of its own, and an operation goes "
                     "to the one that owns its key (default: round-robin; dual-cluster: hash)")},
        {switch_option("keep", "leave the cluster running afterwards"),
         [](Plan& plan, const OptionValue& value) { plan.keep = value.is_on(); }},
    };
    return table;
}

void read_target(const ParsedOptions& options, Plan& plan) {
    read_place(options, plan);
    read_protocol(options, plan);
}

} // namespace citusbench
