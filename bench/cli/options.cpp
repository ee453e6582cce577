#include "cli/options.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <fstream>
#include <optional>

#include "cli/cluster_options.hpp"
#include "cli/plan_tables.hpp"
#include "core/error.hpp"
#include "core/version.hpp"
#include "options/parse_options.hpp"
#include "workloads/registry.hpp"

namespace citusbench {
namespace {

const CommandSyntax run_syntax = {
    "", "citusbench --help-all, and --workload W --help for a workload's own"};

OptionGroup target_group() {
    auto group = run_group("Where", cluster_option_table());
    for (auto& option : options_of(target_table())) group.options.push_back(std::move(option));
    return group;
}

OptionGroup group_of_workload(const WorkloadRegistration& workload) {
    OptionGroup group = run_group(fmt::format("Workload {}", workload.name), OptionTable<int>());
    for (const auto& [name, default_value, value_name, help] : workload.options()) {
        auto option = text_option(std::string(name), std::string(value_name), std::string(help));
        if (!default_value.empty()) option.default_value = default_value;
        group.options.push_back(std::move(option));
    }
    return group;
}

/// The workload's name and the config file. They are read first, because the workload decides which
/// options exist, and the file may name it.
std::string value_among(std::span<const std::string> args, const std::string& option) {
    for (std::size_t i = 0; i < args.size(); ++i) {
        if (args[i].starts_with(option + "=")) return args[i].substr(option.size() + 1);
        if (args[i] == option && i + 1 < args.size()) return args[i + 1];
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

std::vector<OptionGroup> run_option_groups() {
    return {run_group("What", workload_table()), target_group(),
            run_group("Load", load_table()),     run_group("Faults", fault_table()),
            run_group("Output", output_table()), run_group("More", advanced_table(), false)};
}

const WorkloadRegistration& find_workload(const std::string& name) {
    for (const auto& registration : workload_registry())
        if (registration.name == name) return registration;
    throw UsageError(
        fmt::format("--workload {}: there is no such workload; use {}", name, workload_names()));
}

std::string workload_names() {
    std::vector<std::string_view> names;
    for (const auto& registration : workload_registry()) names.push_back(registration.name);
    return alternatives(names);
}

ParsedOptions parse_run_options(std::span<const std::string> args) {
    return parse_load_command(args, run_option_groups());
}

ParsedOptions parse_load_command(std::span<const std::string> args,
                                 std::span<const OptionGroup> groups) {
    const auto file = value_among(args, "--config");
    auto name = value_among(args, "--workload");
    if (name.empty() && !file.empty()) {
        auto stream = open_config(file);
        name = value_in_config(stream, "workload");
    }
    std::vector<OptionGroup> all(groups.begin(), groups.end());
    if (!name.empty()) all.push_back(group_of_workload(find_workload(name)));
    if (file.empty()) return parse_options(args, all, run_syntax);
    auto stream = open_config(file);
    return parse_options(args, all, run_syntax, &stream);
}

std::string run_help(bool all, const WorkloadRegistration* workload) {
    return options_help(run_option_groups(), all, workload);
}

std::string options_help(std::span<const OptionGroup> groups, bool all,
                         const WorkloadRegistration* workload) {
    const auto text_of = [](const OptionGroup& group) { return help_text(group) + "\n"; };
    if (workload)
        return fmt::format("{}: {}\n\n", workload->name, workload->summary) +
               text_of(group_of_workload(*workload)) + operations_help(*workload);
    std::string text;
    for (const auto& group : groups)
        if (all || group.common) text += text_of(group);
    if (all)
        for (const auto& registration : workload_registry())
            text += text_of(group_of_workload(registration));
    return text;
}

std::string version_text() {
    const auto libpq = PQlibVersion();
    auto text = fmt::format("citusbench {} (commit {})\nlibpq {}.{}\n", version(), git_commit(),
                            libpq / 10000, libpq % 10000);
    for (const auto& registration : workload_registry())
        if (registration.libraries) text += registration.libraries() + "\n";
    return text;
}

} // namespace citusbench
