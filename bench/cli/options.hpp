#pragma once

#include <span>
#include <string>
#include <vector>

#include "options/option_values.hpp"
#include "workloads/registry.hpp"

namespace citusbench {

/// A group of a run's options, from its table. `common` ones stand in --help, all in --help-all.
template <typename RunTarget>
OptionGroup run_group(std::string title, const OptionTable<RunTarget>& table, bool common = true) {
    constexpr unsigned columns = 100;
    return {std::move(title), options_of(table), common, columns};
}

/// The groups of every run, without the workloads' own options.
std::vector<OptionGroup> run_option_groups();

/// Parses the arguments and, if named, the --config file (the command line wins). Besides the
/// options of `groups` only those of the chosen workload are taken. Throws UsageError that names
/// the option, the value and the fix.
ParsedOptions parse_load_command(std::span<const std::string> args,
                                 std::span<const OptionGroup> groups);
ParsedOptions parse_run_options(std::span<const std::string> args);

/// The row of the registry. Throws UsageError with the known names.
const WorkloadRegistration& find_workload(const std::string& name);
/// "chat, orders or spatial".
std::string workload_names();

/// The text of --help, of --help-all, or of --workload W --help.
std::string options_help(std::span<const OptionGroup> groups, bool all,
                         const WorkloadRegistration* workload);
std::string run_help(bool all, const WorkloadRegistration* workload);

/// What --version prints: version, commit, and the versions of libpq, GEOS and GDAL in use.
std::string version_text();

} // namespace citusbench
