#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <boost/program_options/variables_map.hpp>

#include "workloads/registry.hpp"

namespace citusbench {

/// The options of `citusbench run`, in groups. `common` ones stand in --help, all in --help-all.
struct OptionGroup {
    std::string title;
    boost::program_options::options_description options;
    bool common = true;
};

/// Columns of the help text.
inline constexpr unsigned line_length = 100;

/// A text option. Numbers and durations are texts here too: make_plan() names the fix better than a
/// lexical_cast would.
boost::program_options::typed_value<std::string>* text_option(const char* value_name);
boost::program_options::typed_value<std::string>* text_option(const char* value_name,
                                                              const char* default_value);

/// The groups of every run, without the workloads' own options.
std::vector<OptionGroup> run_option_groups();
/// The options of one workload.
boost::program_options::options_description workload_options(const WorkloadRegistration& workload);

/// What was given, parsed but not checked across options.
using ParsedOptions = boost::program_options::variables_map;

/// Parses the arguments and, if named, the --config file (the command line wins). Besides the
/// options of `groups` only those of the chosen workload are taken. Throws UsageError that names
/// the option, the value and the fix.
ParsedOptions parse_options(std::span<const std::string> args, std::span<const OptionGroup> groups);
ParsedOptions parse_run_options(std::span<const std::string> args);

/// True if the option was given, not only defaulted.
bool is_given(const ParsedOptions& parsed, const std::string& name);

/// The row of the registry. Throws UsageError with the known names.
const WorkloadRegistration& find_workload(const std::string& name);

/// The text of --help, of --help-all, or of --workload W --help.
std::string options_help(std::span<const OptionGroup> groups, bool all,
                         const WorkloadRegistration* workload);
std::string run_help(bool all, const WorkloadRegistration* workload);

} // namespace citusbench
