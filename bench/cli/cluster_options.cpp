#include "cli/cluster_options.hpp"

#include <algorithm>

#include "cli/option_values.hpp"

namespace citusbench {
namespace {

namespace po = boost::program_options;

int small_number(const Given& given, const std::string& name, std::uint64_t least) {
    constexpr std::uint64_t most = 1000;
    return static_cast<int>(whole_number(given, name, least, most));
}

/// Its range is checked where it is used.
int whole_int(const Given& given, const std::string& name) {
    return static_cast<int>(whole_number(given, name, 0, 1'000'000));
}

Runtime runtime_in(const std::string& text) {
    for (const auto runtime : {Runtime::local, Runtime::compose})
        if (text == name_of(runtime)) return runtime;
    throw UsageError(fmt::format("--runtime {}: take local or compose", text));
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

ClusterWish cluster_wish(const Given& given) {
    ClusterWish wish;
    wish.runtime = runtime_in(text_of(given, "runtime"));
    if (given.contains("topology")) wish.topology = text_of(given, "topology");
    wish.engine = text_of(given, "engine");
    if (given.contains("workers")) wish.workers = small_number(given, "workers", 1);
    if (given.contains("writers")) wish.writers = small_number(given, "writers", 1);
    if (given.contains("clusters")) wish.clusters = small_number(given, "clusters", 1);
    if (given.contains("replicas-per-worker"))
        wish.replicas_per_worker = small_number(given, "replicas-per-worker", 0);
    if (given.contains("replication")) wish.replication = small_number(given, "replication", 1);
    if (given.contains("pooler")) wish.pooling = text_of(given, "pooler");
    if (given.contains("pool-size")) wish.pool_size = whole_int(given, "pool-size");
    if (given.contains("entry")) wish.entries = names_in(text_of(given, "entry"));
    return wish;
}

void refuse_cluster_options(const Given& given) {
    for (const auto* name : {"runtime", "engine", "workers", "writers", "clusters",
                             "replicas-per-worker", "entry", "pooler", "pool-size"})
        if (is_given(given, name))
            throw UsageError(
                fmt::format("--{} {}: it shapes a cluster of citusbench's own; leave it out "
                            "with --dsn or --cluster, or leave those out",
                            name, text_of(given, name)));
}

} // namespace citusbench
