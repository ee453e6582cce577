#include "cli/cluster_command.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/cluster_options.hpp"
#include "cluster/compose/compose_cluster.hpp"
#include "cluster/local/cluster_network.hpp"
#include "cluster/local/local_cluster.hpp"
#include "core/error.hpp"
#include "options/parse_options.hpp"
#include "scale/scale.hpp"
#include "topology/target_name.hpp"

namespace citusbench {
namespace {

using Names = std::vector<std::string>;

void log_to_stderr(std::string_view line) {
    fmt::print(stderr, "cluster: {}\n", line);
}

std::unique_ptr<LocalCluster> kept_cluster(const StopFlag& stop) {
    auto cluster = LocalCluster::open_kept(stop);
    if (!cluster) throw UsageError("no cluster is running; start one with `citusbench cluster up`");
    return cluster;
}

/// All nodes where none is named. Checked before the first is touched.
Names chosen_nodes(const LocalCluster& cluster, std::span<const std::string> args,
                   bool none_is_all) {
    if (args.empty() && none_is_all) return cluster.layout().names();
    const auto all = target_names(cluster.nodes());
    if (args.empty())
        throw UsageError(fmt::format("no node named; the cluster has {}", fmt::join(all, ", ")));
    for (const auto& name : args)
        if (std::find(all.begin(), all.end(), name) == all.end())
            throw UsageError(
                fmt::format("{}: no such node; the cluster has {}", name, fmt::join(all, ", ")));
    return cluster.resolve({args.begin(), args.end()});
}

/// The options of a subcommand; nothing where it answered --help.
std::optional<ParsedOptions> parse_subcommand(const OptionGroup& group,
                                              std::span<const std::string> args,
                                              const std::string& command,
                                              bool takes_arguments = false) {
    const std::array groups = {group};
    auto options =
        parse_options(args, groups,
                      {"cluster " + command, fmt::format("citusbench cluster {} --help", command),
                       takes_arguments});
    if (!options.is_on("help")) return options;
    fmt::print("{}", help_text(group));
    return std::nullopt;
}

/// The options of `up` besides those of every cluster that citusbench starts.
const OptionTable<ClusterOptions>& up_table() {
    constexpr std::uint64_t max = 1'000'000; // make_cluster_spec() checks it
    static const OptionTable<ClusterOptions> table = {
        {text_option("shards", "N", "32", "shards of a table"),
         [](ClusterOptions& cluster, const OptionValue& value) {
             cluster.shards = value.number<int>(0, max);
         }},
        {text_option("connections,c", "N", "16", "connections that the load will open"),
         [](ClusterOptions& cluster, const OptionValue& value) {
             cluster.connections = value.number<int>(0, max);
         }},
    };
    return table;
}

OptionGroup up_group() {
    OptionGroup group{"citusbench cluster up", {help_option()}};
    for (const auto& table : {cluster_option_table(), up_table()})
        for (auto& option : options_of(table)) group.options.push_back(std::move(option));
    return group;
}

/// The further ports of a balancer.
std::string more_ports_text(const Node& node) {
    if (node.kind != NodeKind::haproxy) return {};
    auto text = fmt::format("  (statistics: http://{}:{}/", node.host,
                            node.more_ports.at(more_port::haproxy_statistics));
    if (node.more_ports.size() > more_port::haproxy_replicas)
        text += fmt::format("; port {}: replicas, read-only",
                            node.more_ports.at(more_port::haproxy_replicas));
    return text + ")";
}

void print_nodes(const LocalCluster& cluster) {
    for (const auto& node : cluster.nodes())
        fmt::print("{:<13} {:<11} port {:<5} {}{}{}\n", node.name, description_of(node), node.port,
                   node.is_entry ? "entry  " : "       ",
                   node.takes_queries() ? fmt::format("psql \"{}\"", cluster.conninfo(node)) : "",
                   more_ports_text(node));
}

int up(std::span<const std::string> args, const StopFlag& stop) {
    const auto options = parse_subcommand(up_group(), args, "up");
    if (!options) return 0;
    auto cluster_options = read_cluster_options(*options);
    apply_options(up_table(), *options, cluster_options);
    if (cluster_options.runtime == Runtime::compose)
        throw UsageError(fmt::format("cluster up --runtime compose: start containers with `docker "
                                     "compose --profile {} up --detach`; runs with --runtime "
                                     "compose use them",
                                     cluster_options.topology));
    const auto postgres = find_local_postgres();
    const auto spec = make_cluster_spec(cluster_options, postgres);
    if (const auto kept = LocalCluster::open_kept(stop))
        throw UsageError(fmt::format("a cluster runs already ({} on {}, entry port {}); remove it "
                                     "first with `citusbench cluster down`",
                                     kept->spec().topology, name_of(kept->spec().engine),
                                     kept->nodes().front().port));
    const auto cluster = LocalCluster::start(spec, postgres, stop, log_to_stderr);
    cluster->keep();
    fmt::print("{} on {} with PostgreSQL {}, replication {}, {} shards\n", spec.topology,
               name_of(spec.engine), postgres.version, spec.replication, spec.shards);
    print_nodes(*cluster);
    fmt::print("remove it with `citusbench cluster down`\n");
    return 0;
}

int change_nodes(std::span<const std::string> args, const StopFlag& stop,
                 Ticks (Cluster::*change)(const Names&), std::string_view done) {
    const auto cluster = kept_cluster(stop);
    const auto names = chosen_nodes(*cluster, args, false);
    const auto begun = now_ticks();
    const auto ended = (cluster.get()->*change)(names);
    fmt::print("{} {} ({:.0f} ms)\n", fmt::join(names, ", "), done,
               to_seconds(std::max<Ticks>(0, ended - begun)) * 1e3);
    return 0;
}

int kill(std::span<const std::string> args, const StopFlag& stop) {
    return change_nodes(args, stop, &Cluster::kill, "killed");
}
int stop_nodes(std::span<const std::string> args, const StopFlag& stop) {
    return change_nodes(args, stop, &Cluster::stop, "stopped");
}
int start(std::span<const std::string> args, const StopFlag& stop) {
    return change_nodes(args, stop, &Cluster::start_nodes, "up");
}
int pause(std::span<const std::string> args, const StopFlag& stop) {
    return change_nodes(args, stop, &Cluster::pause, "paused");
}

int heal(std::span<const std::string> args, const StopFlag& stop) {
    const auto cluster = kept_cluster(stop);
    const auto names = chosen_nodes(*cluster, args, true);
    cluster->network().restore(names); // of a run that was killed while it had cut a node off
    cluster->resume(names);
    cluster->start_nodes(names);
    fmt::print("{} up\n", fmt::join(names, ", "));
    return 0;
}

int down(std::span<const std::string> /*args*/, const StopFlag& stop) {
    int removed = 0;
    while (const auto cluster = LocalCluster::open_kept(stop)) {
        cluster->remove();
        fmt::print("removed the cluster in {}\n", cluster->folder().string());
        ++removed;
    }
    const auto print_line = [](std::string_view line) { fmt::print("{}\n", line); };
    removed += LocalCluster::remove_stale_clusters(print_line);
    removed += ComposeCluster::remove_stale_clusters(true, print_line);
    if (removed == 0) fmt::print("nothing to remove\n");
    return 0;
}

int scale(std::span<const std::string> args, const StopFlag& stop) {
    constexpr std::uint64_t max_workers = 256;
    const OptionGroup group{
        "citusbench cluster scale",
        {help_option(), text_option("workers", "N",
                                    "total number of workers: adds those that are missing and "
                                    "moves shards to them, also under load")}};
    const auto options = parse_subcommand(group, args, "scale");
    if (!options) return 0;
    if (!options->has("workers"))
        throw UsageError("cluster scale: the number of workers is missing; add --workers N");
    const auto workers = OptionValue(*options, "workers").number<int>(1, max_workers);
    const auto cluster = kept_cluster(stop);
    scale_out(*cluster, workers, stop, log_to_stderr);
    print_nodes(*cluster);
    return 0;
}

struct Subcommand {
    std::string_view name;
    std::string_view arguments;
    std::string_view summary;
    /// Gets what stands after its name; where it has no options of its own, the nodes.
    int (*run)(std::span<const std::string>, const StopFlag&);
    bool has_options = false;
};

constexpr std::array subcommands = {
    Subcommand{"up", "[OPTION…]", "start a cluster that stays (up --help: its options)", up, true},
    Subcommand{"status", "[NODE…]", "nodes, shards, problems; exit code 0 if healthy (--help)",
               status_command, true},
    Subcommand{"discover", "--dsn …", "write a first file for --cluster (--help)", discover_command,
               true},
    Subcommand{"scale", "--workers N", "add workers and move shards to them, also under load",
               scale, true},
    Subcommand{"stop", "NODE…", "pg_ctl -m fast", stop_nodes},
    Subcommand{"start", "NODE…", "start what is down", start},
    Subcommand{"kill", "NODE…", "SIGKILL of all processes of the nodes", kill},
    Subcommand{"pause", "NODE…", "SIGSTOP of all processes of the nodes", pause},
    Subcommand{"heal", "[NODE…]", "restore what is cut, resume what is paused, start what is down",
               heal},
    Subcommand{"down", "", "remove the cluster, and what killed runs left", down},
};

int print_help() {
    fmt::print("usage: citusbench cluster COMMAND\n\n");
    for (const auto& subcommand : subcommands)
        fmt::print("  {:<8} {:<12}{}\n", subcommand.name, subcommand.arguments, subcommand.summary);
    return 0;
}

int run_subcommand(const Subcommand& subcommand, std::span<const std::string> args,
                   const StopFlag& stop) {
    if (subcommand.has_options) return subcommand.run(args, stop);
    const bool takes_nodes = !subcommand.arguments.empty();
    const OptionGroup group{fmt::format("citusbench cluster {}{}{}", subcommand.name,
                                        takes_nodes ? " " : "", subcommand.arguments),
                            {help_option()}};
    const auto options = parse_subcommand(group, args, std::string(subcommand.name), takes_nodes);
    return options ? subcommand.run(options->arguments(), stop) : 0;
}

} // namespace

int cluster_command(std::span<const std::string> args, const StopFlag& stop) {
    if (!args.empty() && (args[0] == "--help" || args[0] == "-h")) return print_help();
    std::string names;
    for (const auto& subcommand : subcommands) {
        if (!args.empty() && args[0] == subcommand.name)
            return run_subcommand(subcommand, args.subspan(1), stop);
        names += fmt::format("{}{}", names.empty() ? "" : ", ", subcommand.name);
    }
    throw UsageError(fmt::format("cluster {}: use one of {}", args.empty() ? "" : args[0], names));
}

} // namespace citusbench
