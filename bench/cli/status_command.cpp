#include "cli/status_command.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <sstream>
#include <thread>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/option_values.hpp"
#include "cli/status_text.hpp"
#include "cluster/local/local_cluster.hpp"
#include "cluster/manifest/manifest_cluster.hpp"
#include "core/quantity.hpp"
#include "observe/cluster_status.hpp"
#include "observe/service_status.hpp"

namespace citusbench {
namespace {

namespace po = boost::program_options;

struct StatusOptions {
    std::vector<std::string> nodes; ///< empty: all
    std::string dsn;                ///< empty: the kept cluster
    std::string manifest;           ///< a file for --cluster; empty: there is none
    bool as_json = false;
    bool each_shard = false;
    std::optional<Nanoseconds> every;
};

po::options_description status_options() {
    po::options_description options("citusbench cluster status [NODE…]");
    options.add_options()("help,h", po::bool_switch(), "show this")(
        "dsn", po::value<std::string>()->value_name("CONNINFO"),
        "the cluster behind this entry point (default: the one that citusbench keeps)")(
        "cluster", po::value<std::string>()->value_name("FILE"),
        "the cluster that this file describes (docs/MANIFEST.md)")(
        "format", po::value<std::string>()->default_value("text")->value_name("FORMAT"),
        "text or json (docs/CLUSTER.md describes it)")(
        "shards", po::bool_switch(), "a line for each shard, with its rows and nodes")(
        "watch", po::value<std::string>()->implicit_value("2s")->value_name("TIME"),
        "look again and again, every two seconds or --watch=TIME, until Ctrl-C");
    return options;
}

StatusOptions parse_status(std::span<const std::string> args, bool& help) {
    po::options_description all;
    all.add(status_options());
    all.add_options()("node", po::value<std::vector<std::string>>());
    po::positional_options_description positional;
    positional.add("node", -1);
    ParsedOptions parsed;
    namespace style = po::command_line_style;
    try {
        po::store(po::command_line_parser(std::vector<std::string>(args.begin(), args.end()))
                      .options(all)
                      .positional(positional)
                      .style(style::unix_style & ~style::allow_guessing)
                      .run(),
                  parsed);
        po::notify(parsed);
    } catch (const po::error& error) {
        throw UsageError(
            fmt::format("cluster status: {}; see citusbench cluster status --help", error.what()));
    }
    help = parsed["help"].as<bool>();
    StatusOptions options;
    options.dsn = text_of(parsed, "dsn");
    if (parsed.contains("dsn")) check_dsn(options.dsn);
    if (parsed.contains("cluster")) {
        options.manifest = text_of(parsed, "cluster");
        if (parsed.contains("dsn"))
            throw UsageError(fmt::format("--cluster {}: it names the entry points; leave --dsn out",
                                         options.manifest));
        read_manifest(options.manifest);
    }
    const auto format = text_of(parsed, "format");
    if (format != "text" && format != "json")
        throw UsageError(fmt::format("--format {}: use text or json", display_value(format)));
    options.as_json = format == "json";
    options.each_shard = parsed["shards"].as<bool>();
    if (parsed.contains("watch")) options.every = duration_value(parsed, "watch", {});
    if (parsed.contains("node")) options.nodes = parsed["node"].as<std::vector<std::string>>();
    return options;
}

/// Throws UsageError for a name that no node has.
void keep_only(const std::vector<std::string>& names, MonitoredCluster& cluster) {
    std::vector<std::string> known;
    for (const auto& each : cluster.nodes) known.push_back(each.node.name);
    for (const auto& name : names)
        if (std::find(known.begin(), known.end(), name) == known.end())
            throw UsageError(
                fmt::format("{}: no such node; the cluster has {}", name, fmt::join(known, ", ")));
}

/// Reasons that are about other nodes alone do not count for those that were asked about.
void restrict_to(const std::vector<std::string>& names, ClusterStatus& status) {
    if (names.empty()) return;
    const auto is_named = [&](const std::string& text) {
        return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
            return text == name || text.starts_with(name + " ") || text.starts_with(name + ":");
        });
    };
    std::erase_if(status.nodes, [&](const NodeStatus& node) { return !is_named(node.name); });
    std::erase_if(status.members, [&](const auto& member) { return !is_named(member.name); });
    std::erase_if(status.back_ends, [&](const auto& each) { return !is_named(each.server); });
    std::erase_if(status.reasons, [&](const std::string& text) { return !is_named(text); });
}

std::unique_ptr<Cluster> known_cluster(const StatusOptions& options, const StopFlag& stop) {
    if (!options.manifest.empty())
        return ManifestCluster::open(read_manifest(options.manifest), stop);
    return LocalCluster::open_kept(stop);
}

ClusterStatus look_once(const StatusOptions& options, const StopFlag& stop) {
    ClusterStatus status;
    if (options.dsn.empty()) {
        const auto kept = known_cluster(options, stop);
        if (!kept) throw RunError("the cluster is gone");
        auto cluster = monitored_cluster(*kept);
        keep_only(options.nodes, cluster);
        status = collect_status(cluster, [&](const Node& node) { return kept->state(node); });
        collect_service_status(kept->layout(), status);
        status.topology = kept->spec().topology;
    } else {
        auto cluster = discover(options.dsn);
        keep_only(options.nodes, cluster);
        status = collect_status(cluster, {});
        status.topology = "existing";
    }
    restrict_to(options.nodes, status);
    return status;
}

void show(const ClusterStatus& status, const StatusOptions& options) {
    if (options.every && !options.as_json && isatty(STDOUT_FILENO) != 0)
        fmt::print("\033[H\033[2J");
    fmt::print("{}", options.as_json ? to_json(status) : status_text(status, options.each_shard));
    if (options.every && !options.as_json) fmt::print("\n");
    (void)std::fflush(stdout);
}

/// False when Ctrl-C came.
bool rest(Nanoseconds time, const StopFlag& stop) {
    for (const auto end = now_ticks() + to_ticks(time); now_ticks() < end;) {
        if (stop.requested()) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return !stop.requested();
}

} // namespace

int status_command(std::span<const std::string> args, const StopFlag& stop) {
    bool help = false;
    const auto options = parse_status(args, help);
    if (help) {
        std::ostringstream text;
        text << status_options();
        fmt::print("{}", text.str());
        return 0;
    }
    if (options.dsn.empty() && options.manifest.empty() && !LocalCluster::open_kept(stop)) {
        fmt::print("no cluster is running; start one with `citusbench cluster up`, or name one "
                   "with --dsn\n");
        return 1;
    }
    while (true) {
        const auto status = look_once(options, stop);
        show(status, options);
        if (!options.every || !rest(*options.every, stop)) return status.is_healthy() ? 0 : 1;
    }
}

} // namespace citusbench
