#include "cli/cluster_command.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/dsn_option.hpp"
#include "cluster/local/local_cluster.hpp"
#include "cluster/manifest/manifest_cluster.hpp"
#include "core/quantity.hpp"
#include "observe/cluster_status.hpp"
#include "observe/service_status.hpp"
#include "options/option_values.hpp"
#include "options/parse_options.hpp"

namespace citusbench {
namespace {

struct StatusOptions {
    std::vector<std::string> nodes; ///< empty: all
    std::string dsn;                ///< empty: the kept cluster
    std::string manifest;           ///< a file for --cluster; empty: there is none
    bool as_json = false;
    bool each_shard = false;
    std::optional<Nanoseconds> every;
};

void apply_manifest(StatusOptions& options, const OptionValue& value) {
    options.manifest = value.text();
    if (!options.dsn.empty()) value.refuse("the file names the entry points; leave --dsn out");
    read_manifest(options.manifest);
}

const OptionTable<StatusOptions>& status_table() {
    static const OptionTable<StatusOptions> table = {
        {help_option()},
        {text_option(
             "dsn", "CONNINFO",
             "the cluster behind this entry point (default: the one that citusbench keeps)"),
         [](StatusOptions& options, const OptionValue& value) {
             options.dsn = value.text();
             check_dsn(options.dsn);
         }},
        {text_option("cluster", "FILE", "the cluster that this file describes (docs/MANIFEST.md)"),
         &apply_manifest},
        {text_option("format", "FORMAT", "text", "text or json (docs/CLUSTER.md describes it)"),
         [](StatusOptions& options, const OptionValue& value) {
             options.as_json = value.choice<bool>({{"text", false}, {"json", true}});
         }},
        {switch_option("shards", "a line for each shard, with its rows and nodes"),
         [](StatusOptions& options, const OptionValue& value) {
             options.each_shard = value.is_on();
         }},
        {implied_option("watch", "TIME", "2s",
                        "repeat every two seconds, or every TIME with --watch=TIME, until Ctrl-C"),
         [](StatusOptions& options, const OptionValue& value) {
             options.every = value.duration();
         }},
    };
    return table;
}

OptionGroup status_group() {
    return {"citusbench cluster status [NODE…]", options_of(status_table())};
}

/// Nothing where help was asked for.
std::optional<StatusOptions> parse_status(std::span<const std::string> args) {
    const CommandSyntax syntax = {"cluster status", "citusbench cluster status --help", true};
    const std::array groups = {status_group()};
    const auto parsed = parse_options(args, groups, syntax);
    if (parsed.is_on("help")) return std::nullopt;
    StatusOptions options;
    apply_options(status_table(), parsed, options);
    options.nodes = parsed.arguments();
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

/// Reasons about other nodes do not count for the named ones.
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

ClusterStatus collect_once(const StatusOptions& options, const StopFlag& stop) {
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
    const auto parsed = parse_status(args);
    if (!parsed) {
        fmt::print("{}", help_text(status_group()));
        return 0;
    }
    const auto& options = *parsed;
    if (options.dsn.empty() && options.manifest.empty() && !LocalCluster::open_kept(stop)) {
        fmt::print("no cluster is running; start one with `citusbench cluster up`, or name one "
                   "with --dsn\n");
        return 1;
    }
    while (true) {
        const auto status = collect_once(options, stop);
        show(status, options);
        if (!options.every || !rest(*options.every, stop)) return status.is_healthy() ? 0 : 1;
    }
}

} // namespace citusbench
