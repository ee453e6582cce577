#include "cli/cluster_command.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <memory>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "cli/cluster_options.hpp"
#include "cli/discover_command.hpp"
#include "cli/option_values.hpp"
#include "cli/status_command.hpp"
#include "cluster/compose/compose_cluster.hpp"
#include "cluster/local/cluster_network.hpp"
#include "cluster/local/local_cluster.hpp"
#include "scale/scale.hpp"
#include "topology/target_name.hpp"

namespace citusbench {
namespace {

namespace po = boost::program_options;
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

po::options_description up_options() {
    po::options_description options("citusbench cluster up");
    auto add = options.add_options();
    add("help", "show this");
    add_cluster_options(options);
    const auto number = [](const char* value) {
        return po::value<std::string>()->default_value(value)->value_name("N");
    };
    add("shards", number("32"), "shards of a table");
    add("connections,c", number("16"), "connections of the load to make room for");
    return options;
}

ParsedOptions parse_subcommand(const po::options_description& options,
                               std::span<const std::string> args, std::string_view command) {
    ParsedOptions values;
    try {
        const auto style =
            po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
        po::store(po::command_line_parser(Names(args.begin(), args.end()))
                      .options(options)
                      .positional({})
                      .style(style)
                      .run(),
                  values);
        po::notify(values);
    } catch (const po::error& error) {
        throw UsageError(fmt::format("cluster {0}: {1}; see `citusbench cluster {0} --help`",
                                     command, error.what()));
    }
    return values;
}

/// What a balancer listens on besides.
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
    const auto options = up_options();
    const auto values = parse_subcommand(options, args, "up");
    if (values.count("help") > 0) {
        std::cout << options;
        return 0;
    }
    auto cluster_options = read_cluster_options(values);
    cluster_options.shards = static_cast<int>(whole_number(values, "shards", 0, 1'000'000));
    cluster_options.connections =
        static_cast<int>(whole_number(values, "connections", 0, 1'000'000));
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

int down(std::span<const std::string> args, const StopFlag& stop) {
    if (!args.empty())
        throw UsageError(
            fmt::format("cluster down {}: it takes no arguments; leave them out", args[0]));
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
    po::options_description options("citusbench cluster scale");
    int workers = 0;
    options.add_options()("help,h", po::bool_switch(), "show this")(
        "workers", po::value(&workers)->value_name("N"),
        "workers after scaling: adds those that are missing and moves shards to them, also under "
        "load");
    const auto values = parse_subcommand(options, args, "scale");
    if (values["help"].as<bool>()) {
        std::cout << options;
        return 0;
    }
    if (values.count("workers") == 0)
        throw UsageError("cluster scale: say how many workers it shall have, with --workers N");
    constexpr int max_workers = 256;
    if (workers < 1 || workers > max_workers)
        throw UsageError(fmt::format("cluster scale --workers {}: use a number from 1 to {}",
                                     workers, max_workers));
    const auto cluster = kept_cluster(stop);
    scale_out(*cluster, workers, stop, log_to_stderr);
    print_nodes(*cluster);
    return 0;
}

struct Subcommand {
    std::string_view name;
    std::string_view arguments;
    std::string_view summary;
    int (*run)(std::span<const std::string>, const StopFlag&);
};

constexpr std::array subcommands = {
    Subcommand{"up", "[OPTION…]", "start a cluster that stays (up --help: its options)", up},
    Subcommand{"status", "[NODE…]", "nodes, shards, what is wrong; exit code 0 if healthy (--help)",
               status_command},
    Subcommand{"discover", "--dsn …", "write a first file for --cluster (--help)",
               discover_command},
    Subcommand{"scale", "--workers N", "add workers and move shards to them, also under load",
               scale},
    Subcommand{"stop", "NODE…", "pg_ctl -m fast", stop_nodes},
    Subcommand{"start", "NODE…", "start what is down", start},
    Subcommand{"kill", "NODE…", "SIGKILL of all processes of the nodes", kill},
    Subcommand{"pause", "NODE…", "SIGSTOP of all processes of the nodes", pause},
    Subcommand{"heal", "[NODE…]",
               "reconnect what is cut off, resume what is paused, start what is down", heal},
    Subcommand{"down", "", "remove the cluster, and stale ones", down},
};

int print_help() {
    fmt::print("usage: citusbench cluster COMMAND\n\n");
    for (const auto& subcommand : subcommands)
        fmt::print("  {:<8} {:<12}{}\n", subcommand.name, subcommand.arguments, subcommand.summary);
    return 0;
}

} // namespace

int cluster_command(std::span<const std::string> args, const StopFlag& stop) {
    if (!args.empty() && (args[0] == "--help" || args[0] == "-h")) return print_help();
    std::string names;
    for (const auto& subcommand : subcommands) {
        if (!args.empty() && args[0] == subcommand.name)
            return subcommand.run(args.subspan(1), stop);
        names += fmt::format("{}{}", names.empty() ? "" : ", ", subcommand.name);
    }
    throw UsageError(fmt::format("cluster {}: give one of {}", args.empty() ? "" : args[0], names));
}

} // namespace citusbench
