#include "cli/cluster_options.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"

namespace citusbench {
namespace {

constexpr std::uint64_t max_nodes = 1000;

std::vector<std::string> names_in(std::string_view text) {
    std::vector<std::string> names;
    while (true) {
        const auto end = std::min(text.find(','), text.size());
        names.emplace_back(text.substr(0, end));
        if (end == text.size()) return names;
        text.remove_prefix(end + 1);
    }
}

/// What says something of an existing cluster, too.
bool fits_any_cluster(std::string_view name) {
    return name == "topology" || name == "replication";
}

} // namespace

const OptionTable<ClusterOptions>& cluster_option_table() {
    static const OptionTable<ClusterOptions> table = {
        {text_option("runtime", "NAME", "local",
                     "local: processes of this machine; compose: containers of compose.yml"),
         [](ClusterOptions& cluster, const OptionValue& value) {
             cluster.runtime =
                 value.choice<Runtime>({{name_of(Runtime::local), Runtime::local},
                                        {name_of(Runtime::compose), Runtime::compose}});
         }},
        {text_option("topology", "NAME", topology_names() + " (default: active-active)"),
         [](ClusterOptions& cluster, const OptionValue& value) {
             cluster.topology = value.text();
         }},
        {text_option("engine", "NAME", "auto", "citus, fdw, or auto: citus where it is installed"),
         [](ClusterOptions& cluster, const OptionValue& value) { cluster.engine = value.text(); }},
        {text_option("workers", "N",
                     "worker nodes, of each cluster (default: 4; with HAProxy or several clusters "
                     "3)"),
         [](ClusterOptions& cluster, const OptionValue& value) {
             cluster.workers = value.number<int>(1, max_nodes);
         }},
        {text_option("writers", "N", "of multi-master: nodes to write through (default: 2)"),
         [](ClusterOptions& cluster, const OptionValue& value) {
             cluster.writers = value.number<int>(1, max_nodes);
         }},
        {text_option("clusters", "N", "of dual-cluster: independent clusters a, b, … (default: 2)"),
         [](ClusterOptions& cluster, const OptionValue& value) {
             cluster.clusters = value.number<int>(1, max_nodes);
         }},
        {text_option("replicas-per-worker", "N",
                     "of active-passive: every worker becomes a group of Patroni's with N replicas "
                     "(default: 0)"),
         [](ClusterOptions& cluster, const OptionValue& value) {
             cluster.replicas_per_worker = value.number<int>(0, max_nodes);
         }},
        {text_option("replication", "N",
                     "copies of each shard (default: 2 on citus; 1 on fdw, or with replicas of "
                     "workers)"),
         [](ClusterOptions& cluster, const OptionValue& value) {
             cluster.replication = value.number<int>(1, max_nodes);
         }},
        {text_option("entry", "NODE[,NODE]",
                     "nodes that clients connect to (default: the balancer, or else the "
                     "coordinator)"),
         [](ClusterOptions& cluster, const OptionValue& value) {
             cluster.entries = names_in(value.text());
         }},
        {implied_option("pooler", "MODE", "transaction",
                        "PgBouncer in front of each entry point, which lends its connections by "
                        "transaction (the default) or session"),
         [](ClusterOptions& cluster, const OptionValue& value) { cluster.pooling = value.text(); }},
        {text_option("pool-size", "N",
                     "connections of each pooler to the node behind it (default: 20; by session 4 "
                     "for each of the load's)"),
         [](ClusterOptions& cluster, const OptionValue& value) {
             cluster.pool_size = value.number<int>(0, 1'000'000); // make_cluster_spec() checks it
         }},
    };
    return table;
}

ClusterOptions read_cluster_options(const ParsedOptions& options) {
    ClusterOptions cluster;
    apply_options(cluster_option_table(), options, cluster);
    return cluster;
}

void refuse_cluster_options(const ParsedOptions& options) {
    for (const auto& row : cluster_option_table()) {
        const auto& name = row.option.name;
        if (options.is_given(name) && !fits_any_cluster(name))
            OptionValue(options, name)
                .refuse("it shapes a cluster of citusbench's own; leave it out with --dsn or "
                        "--cluster, or leave those out");
    }
}

} // namespace citusbench
