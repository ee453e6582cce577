#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/cluster_options.hpp"
#include "cli/dsn_option.hpp"
#include "cli/plan_tables.hpp"
#include "core/error.hpp"
#include "core/quantity.hpp"
#include "service/service.hpp"
#include "topology/cluster_map.hpp"

namespace citusbench {
namespace {

/// citusbench detects what is behind --dsn, so there is no option for it.
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

/// An existing cluster into whose nodes faults can be injected.
void read_manifest_option(const ParsedOptions& options, Plan& plan) {
    const auto& file = options.text("cluster");
    if (options.has("dsn"))
        throw UsageError(
            fmt::format("--cluster {}: the file names the entry points; leave --dsn out", file));
    if (plan.keep)
        throw UsageError(
            fmt::format("--keep: the cluster of --cluster {} stays anyway; leave it out", file));
    plan.manifest = read_manifest(file);
    for (const auto& [node, control] : plan.manifest->nodes)
        if (node.is_entry) plan.dsns.push_back(plan.manifest->conninfo(node));
    read_existing(options, plan);
}

/// Needs the cluster, because a pooler may not keep prepared statements.
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
        {text_option(
            "cluster", "FILE",
            "an existing cluster: its nodes, and how to inject faults into each and heal it "
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

namespace {

constexpr std::uint64_t max_weight = 1000;

/// Names of the entry points of the plan's own cluster or manifest, in their order; of other ones
/// the number is all that is known yet.
std::vector<std::string> entry_names(const Plan& plan) {
    if (!plan.cluster && !plan.manifest) return std::vector<std::string>(plan.dsns.size());
    std::vector<std::string> names;
    const auto nodes = plan.manifest ? plan.manifest->plain_nodes()
                                     : find_topology(plan.cluster->topology)->nodes(*plan.cluster);
    for (const auto& node : nodes)
        if (node.is_entry) names.push_back(node.name);
    return names;
}

void read_kind(const ParsedOptions& options, Plan& plan) {
    const bool asked = options.has("route");
    const OptionValue route(options, "route");
    const bool several = plan.cluster && find_topology(plan.topology)->clusters > 1;
    if (several) plan.route = Route::hash;
    if (!asked) return;
    plan.route = route.choice<Route>({{"round-robin", Route::round_robin}, {"hash", Route::hash}});
    if (several && plan.route != Route::hash)
        route.refuse(fmt::format(
            "the clusters of {} hold different rows; use hash, or leave it out", plan.topology));
    if (plan.route != Route::hash || several) return;
    if (plan.cluster)
        throw UsageError(fmt::format("--route hash: {} is one cluster; use --topology "
                                     "dual-cluster, or name several clusters with --dsn",
                                     plan.topology));
    if (plan.manifest)
        throw UsageError(fmt::format("--route hash: --cluster {} is one cluster; name each cluster "
                                     "with a --dsn, or leave --route out",
                                     plan.manifest->file.string()));
    if (plan.dsns.size() < 2)
        throw UsageError("--route hash: one --dsn is one cluster; name each cluster with a --dsn, "
                         "or leave --route out");
    if (plan.dsns.size() > max_clusters)
        throw UsageError(fmt::format("--route hash: {} clusters; use at most {}", plan.dsns.size(),
                                     max_clusters));
}

unsigned parse_weight(std::string_view text) {
    const auto weight = parse_count(text);
    if (weight > max_weight)
        throw std::invalid_argument(fmt::format("a weight must be at most {}", max_weight));
    return static_cast<unsigned>(weight);
}

std::vector<unsigned> parse_weights(std::string_view text, const std::vector<std::string>& names) {
    std::vector<unsigned> weights;
    std::vector<std::optional<unsigned>> named(names.size());
    for (bool more = true; more;) {
        const auto part = text.substr(0, text.find(','));
        more = part.size() < text.size();
        text.remove_prefix(std::min(part.size() + 1, text.size()));
        const auto equals = part.find('=');
        if (equals == std::string_view::npos) {
            weights.push_back(parse_weight(part));
            continue;
        }
        const auto at = std::find(names.begin(), names.end(), part.substr(0, equals));
        if (at == names.end() || at->empty())
            throw std::invalid_argument(
                names.empty() || names.front().empty()
                    ? std::string("entry points behind --dsn have no names; give numbers in the "
                                  "order of --dsn")
                    : fmt::format("there is no entry point '{}'; use {}", part.substr(0, equals),
                                  fmt::join(names, ", ")));
        named[static_cast<std::size_t>(at - names.begin())] = parse_weight(part.substr(equals + 1));
    }
    const bool any_named = std::any_of(named.begin(), named.end(), [](auto& w) { return !!w; });
    if (any_named && !weights.empty()) throw std::invalid_argument("name all of them, or none");
    if (any_named)
        for (const auto& weight : named) weights.push_back(weight.value_or(1));
    if (weights.size() != names.size())
        throw std::invalid_argument(fmt::format("{} weight{} for {} entry point{}; give one for "
                                                "each",
                                                weights.size(), weights.size() == 1 ? "" : "s",
                                                names.size(), names.size() == 1 ? "" : "s"));
    if (std::all_of(weights.begin(), weights.end(), [](unsigned w) { return w == 0; }))
        throw std::invalid_argument("at least one weight must be above zero");
    return weights;
}

void read_weights(const ParsedOptions& options, Plan& plan, const std::vector<std::string>& names) {
    if (!options.has("weights")) return;
    if (plan.route == Route::hash)
        throw UsageError(fmt::format("--weights {}: with --route hash the keys say where an "
                                     "operation goes; leave it out",
                                     options.text("weights")));
    plan.entry_weights = OptionValue(options, "weights").parse([&](const std::string& text) {
        return parse_weights(text, names);
    });
}

/// Operations are drawn by thread, and stay on it.
void check_connections(const ParsedOptions& options, Plan& plan, std::size_t clusters) {
    if (plan.connections / plan.threads >= clusters) return;
    if (!options.has("threads") && plan.connections >= clusters) {
        plan.threads = plan.connections / static_cast<unsigned>(clusters);
        return;
    }
    throw UsageError(fmt::format(
        "--connections {}: with --route hash each of {} thread{} needs a connection to each of {} "
        "clusters; give at least {}{}",
        plan.connections, plan.threads, plan.threads == 1 ? "" : "s", clusters,
        plan.threads * clusters, options.has("threads") ? ", or fewer --threads" : ""));
}

} // namespace

void read_route(const ParsedOptions& options, Plan& plan) {
    const auto names = entry_names(plan);
    if (names.size() > max_entries)
        throw UsageError(
            fmt::format("--dsn: {} entry points; use at most {}", names.size(), max_entries));
    read_kind(options, plan);
    read_weights(options, plan, names);
    if (plan.route == Route::hash) check_connections(options, plan, names.size());
}

} // namespace citusbench
