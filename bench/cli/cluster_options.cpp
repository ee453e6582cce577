#include "cli/cluster_options.hpp"

#include <algorithm>

#include "cli/option_values.hpp"

namespace citusbench {
namespace {

namespace po = boost::program_options;

int small_number(const ParsedOptions& parsed, const std::string& name, std::uint64_t least) {
    constexpr std::uint64_t most = 1000;
    return static_cast<int>(whole_number(parsed, name, least, most));
}

/// Its range is checked where it is used.
int whole_int(const ParsedOptions& parsed, const std::string& name) {
    return static_cast<int>(whole_number(parsed, name, 0, 1'000'000));
}

Runtime runtime_in(const std::string& text) {
    for (const auto runtime : {Runtime::local, Runtime::compose})
        if (text == name_of(runtime)) return runtime;
    throw UsageError(fmt::format("--runtime {}: use local or compose", text));
}

std::vector<std::string> names_in(std::string_view text) {
    std::vector<std::string> names;
    while (true) {
        const auto end = std::min(text.find(','), text.size());
        names.emplace_back(text.substr(0, end));
        if (end == text.size()) return names;
        text.remove_prefix(end + 1);
    }
}

} // namespace

void add_cluster_options(po::options_description& options) {
    static const auto topologies = topology_names() + " (default: active-active)";
    options.add_options()("runtime", text_option("NAME")->default_value("local"),
                          "local: processes of this machine; compose: containers of compose.yml")(
        "topology", text_option("NAME"),
        topologies.c_str())("engine", text_option("NAME")->default_value("auto"),
                            "citus, fdw, or auto: citus where it is installed")(
        "workers", text_option("N"),
        "worker nodes, of each cluster (default: 4; with HAProxy or several clusters 3)")(
        "writers", text_option("N"), "of multi-master: nodes to write through (default: 2)")(
        "clusters", text_option("N"), "of dual-cluster: independent clusters a, b, … (default: 2)")(
        "replicas-per-worker", text_option("N"),
        "of active-passive: every worker becomes a group of Patroni's with N replicas (default: "
        "0)")("replication", text_option("N"),
              "copies of each shard (default: 2 on citus; 1 on fdw, or with replicas of workers)")(
        "entry", text_option("NODE[,NODE]"),
        "nodes that clients connect to (default: the balancer, or else the coordinator)")(
        "pooler", text_option("MODE")->implicit_value("transaction"),
        "PgBouncer in front of each entry point, which lends its connections by transaction (the "
        "default) or session")("pool-size", text_option("N"),
                               "connections of each pooler to the node behind it (default: 20; "
                               "by session 4 for each of the load's)");
}

ClusterOptions read_cluster_options(const ParsedOptions& parsed) {
    ClusterOptions options;
    options.runtime = runtime_in(text_of(parsed, "runtime"));
    if (parsed.contains("topology")) options.topology = text_of(parsed, "topology");
    options.engine = text_of(parsed, "engine");
    if (parsed.contains("workers")) options.workers = small_number(parsed, "workers", 1);
    if (parsed.contains("writers")) options.writers = small_number(parsed, "writers", 1);
    if (parsed.contains("clusters")) options.clusters = small_number(parsed, "clusters", 1);
    if (parsed.contains("replicas-per-worker"))
        options.replicas_per_worker = small_number(parsed, "replicas-per-worker", 0);
    if (parsed.contains("replication"))
        options.replication = small_number(parsed, "replication", 1);
    if (parsed.contains("pooler")) options.pooling = text_of(parsed, "pooler");
    if (parsed.contains("pool-size")) options.pool_size = whole_int(parsed, "pool-size");
    if (parsed.contains("entry")) options.entries = names_in(text_of(parsed, "entry"));
    return options;
}

void refuse_cluster_options(const ParsedOptions& parsed) {
    for (const auto* name : {"runtime", "engine", "workers", "writers", "clusters",
                             "replicas-per-worker", "entry", "pooler", "pool-size"})
        if (is_given(parsed, name))
            throw UsageError(
                fmt::format("--{} {}: it shapes a cluster of citusbench's own; leave it out "
                            "with --dsn or --cluster, or leave those out",
                            name, text_of(parsed, name)));
}

} // namespace citusbench
