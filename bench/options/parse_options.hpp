#pragma once

#include <istream>
#include <span>
#include <string>

#include "options/option.hpp"
#include "options/option_values.hpp"

namespace citusbench {

/// How a command's messages name it, and whether it has arguments besides options.
struct CommandSyntax {
    std::string command;          ///< before each message, as "cluster up"; empty: nothing
    std::string help;             ///< where its options stand, as "citusbench cluster up --help"
    bool takes_arguments = false; ///< texts beside the options
};

/// Parses the arguments and, where there is one, an INI file of the same options; the arguments
/// win. One policy for every command: "--name VALUE", "--name=VALUE", "-c VALUE", "-cVALUE", and no
/// abbreviations. Throws UsageError that names the option, the value and the fix.
ParsedOptions parse_options(std::span<const std::string> args, std::span<const OptionGroup> groups,
                            const CommandSyntax& syntax, std::istream* config = nullptr);

/// The value of this option in an INI file whose other lines are not looked at; empty where it has
/// none. Throws UsageError for a file of another form.
std::string value_in_config(std::istream& config, const std::string& name);

/// The group as help shows it.
std::string help_text(const OptionGroup& group);

} // namespace citusbench
