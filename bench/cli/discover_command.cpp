#include "cli/cluster_command.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "cli/dsn_option.hpp"
#include "core/error.hpp"
#include "observe/cluster_status.hpp"
#include "options/parse_options.hpp"

namespace citusbench {
namespace {

const CommandSyntax discover_syntax = {"cluster discover", "citusbench cluster discover --help"};

OptionGroup discover_options() {
    return {
        "citusbench cluster discover",
        {help_option(),
         text_option("dsn", "CONNINFO", "an entry point of the cluster: Citus, or one PostgreSQL"),
         text_option("patroni", "HOST:PORT",
                     "REST interface of a member, where Patroni manages the coordinators"),
         text_option("haproxy", "HOST:PORT",
                     "statistics page, where the entry point is an HAProxy in front of them"),
         text_option("output,o", "FILE",
                     "where to write it, a new file (default: standard output)")}};
}

/// What is left to do by hand.
void print_summary(const Manifest& manifest) {
    for (const auto& [node, control] : manifest.nodes)
        if (control.by == ManifestControl::By::nothing)
            fmt::print(stderr,
                       "{} at {}:{}: citusbench does not know how to inject faults into it and "
                       "heal it; give it a control "
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
    const std::array groups = {discover_options()};
    const auto options = parse_options(args, groups, discover_syntax);
    if (options.is_on("help")) {
        fmt::print("{}", help_text(groups.front()));
        return 0;
    }
    if (!options.has("dsn"))
        throw UsageError("cluster discover: name an entry point of the cluster with --dsn");
    const auto& dsn = options.text("dsn");
    check_dsn(dsn);
    const auto& file = options.text("output");
    if (!file.empty() && std::filesystem::exists(file))
        throw UsageError(fmt::format("--output {}: is there already; name a new file", file));
    const auto manifest =
        discover_manifest(dsn, {options.text("patroni"), options.text("haproxy")});
    if (file.empty())
        fmt::print("{}", to_json(manifest));
    else
        write_new(file, to_json(manifest));
    print_summary(manifest);
    return 0;
}

} // namespace citusbench
