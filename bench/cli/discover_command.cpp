#include "cli/discover_command.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "cli/option_values.hpp"
#include "observe/cluster_status.hpp"

namespace citusbench {
namespace {

namespace po = boost::program_options;

po::options_description discover_options() {
    po::options_description options("citusbench cluster discover");
    const auto text = [](const char* value) { return po::value<std::string>()->value_name(value); };
    options.add_options()("help,h", po::bool_switch(), "show this")(
        "dsn", text("CONNINFO"), "an entry point of the cluster: Citus, or one PostgreSQL")(
        "patroni", text("HOST:PORT"),
        "REST interface of a member, where Patroni manages the coordinators")(
        "haproxy", text("HOST:PORT"),
        "statistics page, where the entry point is an HAProxy in front of them")(
        "output,o", text("FILE"), "where to write it, a new file (default: standard output)");
    return options;
}

ParsedOptions parse_discover(std::span<const std::string> args) {
    ParsedOptions parsed;
    namespace style = po::command_line_style;
    try {
        po::store(po::command_line_parser(std::vector<std::string>(args.begin(), args.end()))
                      .options(discover_options())
                      .positional({})
                      .style(style::unix_style & ~style::allow_guessing)
                      .run(),
                  parsed);
        po::notify(parsed);
    } catch (const po::error& error) {
        throw UsageError(fmt::format("cluster discover: {}; see citusbench cluster discover --help",
                                     error.what()));
    }
    return parsed;
}

/// What is left to do by hand.
void print_summary(const Manifest& manifest) {
    for (const auto& [node, control] : manifest.nodes)
        if (control.by == ManifestControl::By::nothing)
            fmt::print(stderr,
                       "{} at {}:{}: how to inject faults into it and heal it is not known; give "
                       "it a control "
                       "(docs/MANIFEST.md)\n",
                       node.name, node.host, node.port);
}

void write_new(const std::string& file, const std::string& text) {
    std::ofstream out(file);
    out << text;
    out.flush();
    if (!out) throw RunError(fmt::format("--output {}: cannot be written", file));
}

} // namespace

int discover_command(std::span<const std::string> args, const StopFlag& /*stop*/) {
    const auto parsed = parse_discover(args);
    if (parsed["help"].as<bool>()) {
        std::cout << discover_options();
        return 0;
    }
    if (!parsed.contains("dsn"))
        throw UsageError("cluster discover: name an entry point of the cluster with --dsn");
    const auto dsn = text_of(parsed, "dsn");
    check_dsn(dsn);
    const auto file = text_of(parsed, "output");
    if (!file.empty() && std::filesystem::exists(file))
        throw UsageError(fmt::format("--output {}: is there already; name a new file", file));
    const auto manifest =
        discover_manifest(dsn, {text_of(parsed, "patroni"), text_of(parsed, "haproxy")});
    if (file.empty())
        fmt::print("{}", to_json(manifest));
    else
        write_new(file, to_json(manifest));
    print_summary(manifest);
    return 0;
}

} // namespace citusbench
