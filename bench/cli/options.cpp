#include "cli/options.hpp"

#include <algorithm>
#include <fstream>

#include <boost/program_options/parsers.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/cluster_options.hpp"
#include "core/error.hpp"

namespace citusbench {

namespace po = boost::program_options;

po::typed_value<std::string>* text_option(const char* value_name) {
    return po::value<std::string>()->value_name(value_name);
}
po::typed_value<std::string>* text_option(const char* value_name, const char* default_value) {
    return text_option(value_name)->default_value(default_value);
}

namespace {

po::typed_value<std::vector<std::string>>* list(const char* value_name) {
    return po::value<std::vector<std::string>>()->value_name(value_name);
}

OptionGroup group(const std::string& title, bool common = true) {
    return {title, po::options_description(title, line_length, line_length / 2), common};
}

OptionGroup workload_group() {
    auto workload = group("Workload");
    workload.options.add_options()("workload", text_option("NAME"), "chat, orders or spatial")(
        "mix", text_option("OP=W[,OP=W]"),
        "operations and their weights; without it the workload's own")(
        "seed", text_option("N", "1"), "everything drawn at random follows from it")(
        "keys", text_option("DIST", "uniform"),
        "which keys are hot: uniform, zipf:THETA or latest")(
        "init", text_option("MODE", "auto"),
        "auto: load the data if the database does not hold them; only: load and stop; never");
    return workload;
}

OptionGroup target_group() {
    auto target = group("RunTarget");
    add_cluster_options(target.options);
    target.options.add_options()("dsn", list("CONNINFO"),
                                 "an existing database instead of an own cluster; repeatable")(
        "cluster", text_option("FILE"),
        "an existing cluster: its nodes, and how to break and heal each (docs/MANIFEST.md)")(
        "route", text_option("HOW"),
        "round-robin: connections spread over the entry points, and move on when one fails; hash: "
        "each entry point is a cluster of its own, and an operation goes to the one that owns its "
        "key (default: round-robin; dual-cluster: hash)")("keep", po::bool_switch(),
                                                          "leave the cluster running afterwards");
    return target;
}

OptionGroup load_group() {
    auto load = group("Load");
    load.options.add_options()("connections,c", text_option("N", "16"), "connections in all")(
        "threads,t", text_option("N"),
        "threads (default: one per 64 connections, at most one per core)")(
        "rate", text_option("R"),
        "open loop: operations per second, as 5000, 5k or 30/min (default: closed loop)")(
        "pipeline", text_option("DEPTH", "1"), "operations in flight on a connection")(
        "batch", text_option("N", "1"), "operations per pipeline sync, at most DEPTH")(
        "protocol", text_option("NAME"),
        "prepared: each statement once a connection; extended: parsed at each operation, as "
        "poolers "
        "by transaction may need it (default: prepared where that works)")(
        "warmup", text_option("TIME", "2s"), "load before the measuring starts")(
        "duration", text_option("TIME"), "of a run without faults (default: 30s)")(
        "timeout", text_option("TIME", "5s"), "deadline of an operation")(
        "retry", text_option("N", "0"),
        "further tries of an operation that did not succeed, under the same id, with a backoff")(
        "check-answers", text_option("SHARE", "1%"),
        "check this share of the answers while the load runs, as 1%, 0.01 or off");
    return load;
}

OptionGroup fault_group() {
    auto faults = group("Faults");
    faults.options.add_options()("kill", text_option("NODE[,NODE]"),
                                 "crash these nodes, all at once")(
        "before", text_option("TIME"), "time before the fault (default: 20s)")(
        "during", text_option("TIME"), "time the fault lasts (default: 20s)")(
        "after", text_option("TIME"), "time after the node is back (default: 20s)")(
        "no-heal", po::bool_switch(), "leave the node broken: no phase after")(
        "operator", text_option("POLICY", "none"),
        "on citus: disable:DELAY takes a dead node out of use DELAY after the fault, and restores "
        "replication when it is back; none leaves the cluster to itself")(
        "repeat", text_option("N", "1"), "cycles of before, during and after, merged by phase");
    return faults;
}

OptionGroup output_group() {
    auto output = group("Output");
    output.options.add_options()("results", text_option("DIR", "results"),
                                 "where the run's folder goes")("label", text_option("TEXT", ""),
                                                                "part of the folder's name")(
        "progress", text_option("MODE", "auto"), "auto, plain or none")(
        "by", text_option("COLUMN"),
        "entry: count by entry point, too, in summary, timeline and histogram")(
        "help,h", po::bool_switch(), "this; with --workload its own options and operations")(
        "help-all", po::bool_switch(), "every option")("version", po::bool_switch(),
                                                       "version, commit and libraries");
    return output;
}

OptionGroup advanced_group() {
    auto advanced = group("Advanced", false);
    advanced.options.add_options()(
        "fault", list("FAULT"),
        "KIND:NODE[,NODE][:DELAY][@START[+LENGTH]], repeatable; KIND is crash, stop, pause, "
        "partition, slow, postmaster, switchover or none; slow takes a DELAY, by which all that is "
        "sent to the "
        "node comes later (a round trip takes that much longer)")("shards", text_option("N", "32"),
                                                                  "shards of each table")(
        "arrival", text_option("KIND"), "of the open loop: constant or poisson (default: poisson)")(
        "shard-of", text_option("I/K"),
        "process I of K that make one load together, each with its operations and its share of "
        "the rate; for citusbench merge")(
        "start-at", text_option("TIME"),
        "when the load starts, by the server's clock: 2026-01-31T12:00:00Z or seconds since 1970")(
        "weights", text_option("W[,W]"),
        "of the connections to each entry point, in the order of --dsn or as NODE=W; 0: only when "
        "others fail")("connect-rate", text_option("R"),
                       "attempts to connect per second at most, as 500 or 1k")(
        "interval", text_option("TIME", "1s"), "of timeline.csv")(
        "no-verify", po::bool_switch(), "do not compare the database with what was acknowledged")(
        "no-monitor", po::bool_switch(), "do not sample the nodes each second (monitor.csv)")(
        "verify-only", text_option("RUN"),
        "no load: compare the database behind --dsn, or the kept cluster's, with the run in "
        "this folder")("config", text_option("FILE"),
                       "options from an INI file; the command line wins");
    return advanced;
}

po::options_description all_options(std::span<const OptionGroup> groups,
                                    const WorkloadRegistration* workload) {
    po::options_description all;
    for (const auto& group : groups) all.add(group.options);
    if (workload) all.add(workload_options(*workload));
    return all;
}

/// Boost's messages name the option; the hint is ours.
[[noreturn]] void refuse(const po::error& error) {
    if (const auto* unknown = dynamic_cast<const po::unknown_option*>(&error)) {
        auto name = unknown->get_option_name();
        throw UsageError(
            fmt::format("{}{}: there is no such option; see citusbench --help-all, and "
                        "--workload W --help for a workload's own",
                        name.starts_with("-") ? "" : "--", name));
    }
    if (const auto* twice = dynamic_cast<const po::multiple_occurrences*>(&error))
        throw UsageError(
            fmt::format("{}: given more than once; give it once", twice->get_option_name()));
    throw UsageError(fmt::format("{}; see citusbench --help-all", error.what()));
}

/// The workload's name stands anywhere on the command line or in the file, so it is looked for
/// before its options are known.
std::string workload_name(std::span<const std::string> args) {
    for (std::size_t i = 0; i < args.size(); ++i) {
        if (args[i].starts_with("--workload=")) return args[i].substr(11);
        if (args[i] == "--workload" && i + 1 < args.size()) return args[i + 1];
    }
    return {};
}

std::string config_file(std::span<const std::string> args) {
    for (std::size_t i = 0; i < args.size(); ++i) {
        if (args[i].starts_with("--config=")) return args[i].substr(9);
        if (args[i] == "--config" && i + 1 < args.size()) return args[i + 1];
    }
    return {};
}

std::ifstream open_config(const std::string& file) {
    std::ifstream stream(file);
    // A folder can be opened, but not read.
    if (!stream || (stream.peek() == EOF && !stream.eof()))
        throw UsageError(fmt::format("--config {}: cannot be read; name an INI file", file));
    stream.clear();
    return stream;
}

std::string workload_in_file(const std::string& file) {
    auto stream = open_config(file);
    po::options_description only;
    only.add_options()("workload", po::value<std::string>());
    ParsedOptions parsed;
    po::store(po::parse_config_file(stream, only, true), parsed);
    return parsed.contains("workload") ? parsed["workload"].as<std::string>() : std::string();
}

} // namespace

std::vector<OptionGroup> run_option_groups() {
    return {workload_group(), target_group(), load_group(),
            fault_group(),    output_group(), advanced_group()};
}

po::options_description workload_options(const WorkloadRegistration& workload) {
    po::options_description options(fmt::format("Workload {}", workload.name), line_length,
                                    line_length / 2);
    for (const auto& option : workload.options()) {
        auto* value = po::value<std::string>()->value_name(std::string(option.value_name));
        if (!option.default_value.empty()) value->default_value(std::string(option.default_value));
        options.add_options()(std::string(option.name).c_str(), value,
                              std::string(option.help).c_str());
    }
    return options;
}

const WorkloadRegistration& find_workload(const std::string& name) {
    std::vector<std::string_view> names;
    for (const auto& registration : workload_registry()) {
        if (registration.name == name) return registration;
        names.push_back(registration.name);
    }
    throw UsageError(fmt::format("--workload {}: there is no such workload; use {}", name,
                                 fmt::join(names, " or ")));
}

bool is_given(const ParsedOptions& parsed, const std::string& name) {
    return parsed.contains(name) && !parsed[name].defaulted();
}

ParsedOptions parse_run_options(std::span<const std::string> args) {
    return parse_options(args, run_option_groups());
}

ParsedOptions parse_options(std::span<const std::string> args,
                            std::span<const OptionGroup> groups) {
    try {
        const auto file = config_file(args);
        auto name = workload_name(args);
        if (name.empty() && !file.empty()) name = workload_in_file(file);
        const auto options = all_options(groups, name.empty() ? nullptr : &find_workload(name));
        ParsedOptions parsed;
        constexpr auto style =
            po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        const auto command_line =
            po::command_line_parser({args.begin(), args.end()}).options(options).style(style).run();
        for (const auto& option : command_line.options)
            if (option.position_key >= 0)
                throw UsageError(fmt::format("'{}' is no command and no option; see citusbench "
                                             "--help",
                                             option.value.front()));
        po::store(command_line, parsed);
        if (!file.empty()) {
            auto stream = open_config(file);
            po::store(po::parse_config_file(stream, options), parsed);
        }
        po::notify(parsed);
        return parsed;
    } catch (const po::error& error) {
        refuse(error);
    }
}

namespace {

std::string operations_help(const WorkloadRegistration& registration) {
    WorkloadConfig config;
    for (const auto& option : registration.options())
        config.options.emplace(option.name, option.default_value);
    const auto workload = registration.make(config);
    auto text = std::string("Operations, with their weight in the default mix:\n");
    for (const auto& kind : workload->operations())
        text += fmt::format("  {:<18} {:>3}  {:<5}  {}\n", kind.name, kind.default_weight,
                            kind.is_write ? "write" : "read", kind.describes);
    return text;
}

} // namespace

std::string run_help(bool all, const WorkloadRegistration* workload) {
    return options_help(run_option_groups(), all, workload);
}

std::string options_help(std::span<const OptionGroup> groups, bool all,
                         const WorkloadRegistration* workload) {
    std::string text;
    const auto append = [&](const po::options_description& options) {
        std::ostringstream stream;
        stream << options;
        text += stream.str() + "\n";
    };
    if (workload) {
        text += fmt::format("{}: {}\n\n", workload->name, workload->summary);
        append(workload_options(*workload));
        return text + operations_help(*workload);
    }
    for (const auto& group : groups)
        if (all || group.common) append(group.options);
    if (all)
        for (const auto& registration : workload_registry()) append(workload_options(registration));
    return text;
}

} // namespace citusbench
