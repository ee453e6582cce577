#include "cli/cluster_command.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <memory>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "cluster/cluster_network.hpp"
#include "cluster/cluster_wish.hpp"
#include "cluster/local_cluster.hpp"

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
    Names all;
    for (const auto& node : cluster.nodes()) all.push_back(node.name);
    if (args.empty() && none_is_all) return all;
    if (args.empty())
        throw UsageError(fmt::format("no node named; the cluster has {}", fmt::join(all, ", ")));
    for (const auto& name : args)
        if (!cluster.find(name))
            throw UsageError(
                fmt::format("{}: no such node; the cluster has {}", name, fmt::join(all, ", ")));
    return {args.begin(), args.end()};
}

po::options_description up_options(ClusterWish& wish) {
    po::options_description options("citusbench cluster up");
    auto add = options.add_options();
    add("help", "show this");
    add("topology", po::value(&wish.topology)->default_value(wish.topology)->value_name("NAME"),
        "which nodes (single, active-active, dual-cluster)");
    add("engine", po::value(&wish.engine)->default_value(wish.engine)->value_name("ENGINE"),
        "auto, citus or fdw");
    add("workers", po::value<int>()->value_name("N"),
        "workers besides the coordinator: 4 where it is not given, 3 in each of several clusters");
    add("clusters", po::value<int>()->value_name("N"), "clusters of dual-cluster: 2");
    add("replication", po::value<int>()->value_name("N"),
        "copies of each shard: 2 on citus, 1 on fdw where it is not given");
    add("shards", po::value(&wish.shards)->default_value(wish.shards)->value_name("N"),
        "shards of a table");
    add("connections,c",
        po::value(&wish.connections)->default_value(wish.connections)->value_name("N"),
        "connections of the load to make room for");
    return options;
}

void print_nodes(const LocalCluster& cluster) {
    for (const auto& node : cluster.nodes())
        fmt::print("{:<13} {:<11} port {:<5} {}psql \"{}\"\n", node.name, name_of(node.role),
                   node.port, node.is_entry ? "entry  " : "       ", cluster.conninfo(node));
}

int up(std::span<const std::string> args, const StopFlag& stop) {
    ClusterWish wish;
    const auto options = up_options(wish);
    po::variables_map values;
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
        throw UsageError(
            fmt::format("cluster up: {}; see `citusbench cluster up --help`", error.what()));
    }
    if (values.count("help") > 0) {
        std::cout << options;
        return 0;
    }
    for (const auto& [name, number] :
         {std::pair{"replication", &wish.replication}, std::pair{"workers", &wish.workers},
          std::pair{"clusters", &wish.clusters}})
        if (values.count(name) > 0) *number = values[name].as<int>();
    const auto postgres = find_local_postgres();
    const auto spec = make_cluster_spec(wish, postgres);
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

int status(std::span<const std::string> args, const StopFlag& stop) {
    const auto cluster = LocalCluster::open_kept(stop);
    if (!cluster) {
        fmt::print("no cluster is running; start one with `citusbench cluster up`\n");
        return 1;
    }
    const auto names = chosen_nodes(*cluster, args, true);
    const auto& spec = cluster->spec();
    fmt::print("{} on {}, replication {}, {} shards, in {}\n", spec.topology, name_of(spec.engine),
               spec.replication, spec.shards, cluster->folder().string());
    bool all_up = true;
    for (const auto& name : names) {
        const auto& node = *cluster->find(name);
        const auto state = cluster->state(node);
        all_up = all_up && state == "up";
        fmt::print("{:<13} {:<11} port {:<5} {}\n", node.name, name_of(node.role), node.port,
                   state);
    }
    return all_up ? 0 : 1;
}

int change_nodes(std::span<const std::string> args, const StopFlag& stop,
                 Ticks (LocalCluster::*change)(const Names&), std::string_view done) {
    const auto cluster = kept_cluster(stop);
    const auto names = chosen_nodes(*cluster, args, false);
    const auto begun = now_ticks();
    const auto ended = (cluster.get()->*change)(names);
    fmt::print("{} {} ({:.0f} ms)\n", fmt::join(names, ", "), done,
               to_seconds(std::max<Ticks>(0, ended - begun)) * 1e3);
    return 0;
}

int kill(std::span<const std::string> args, const StopFlag& stop) {
    return change_nodes(args, stop, &LocalCluster::kill, "killed");
}
int stop_nodes(std::span<const std::string> args, const StopFlag& stop) {
    return change_nodes(args, stop, &LocalCluster::stop, "stopped");
}
int start(std::span<const std::string> args, const StopFlag& stop) {
    return change_nodes(args, stop, &LocalCluster::start_nodes, "up");
}
int pause(std::span<const std::string> args, const StopFlag& stop) {
    return change_nodes(args, stop, &LocalCluster::pause, "paused");
}

int heal(std::span<const std::string> args, const StopFlag& stop) {
    const auto cluster = kept_cluster(stop);
    const auto names = chosen_nodes(*cluster, args, true);
    cluster->network().mend(names); // of a run that was killed while it had cut a node off
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
    removed +=
        LocalCluster::remove_remains([](std::string_view line) { fmt::print("{}\n", line); });
    if (removed == 0) fmt::print("nothing to remove\n");
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
    Subcommand{"status", "[NODE…]", "the nodes' states; exit code 0 if all are up", status},
    Subcommand{"stop", "NODE…", "pg_ctl -m fast", stop_nodes},
    Subcommand{"start", "NODE…", "start what is down", start},
    Subcommand{"kill", "NODE…", "SIGKILL of all processes of the nodes", kill},
    Subcommand{"pause", "NODE…", "SIGSTOP of all processes of the nodes", pause},
    Subcommand{"heal", "[NODE…]", "mend what is cut, resume what is paused, start what is down",
               heal},
    Subcommand{"down", "", "remove the cluster, and what dead ones left", down},
};

int print_help() {
    fmt::print("usage: citusbench cluster COMMAND\n\n");
    for (const auto& subcommand : subcommands)
        fmt::print("  {:<7} {:<10} {}\n", subcommand.name, subcommand.arguments,
                   subcommand.summary);
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
