#pragma once

#include <optional>
#include <string>
#include <vector>

namespace citusbench {

/// An option of a command: its form, its default and its purpose.
struct Option {
    std::string name;                          ///< without the dashes
    char letter = 0;                           ///< "-c" for short; 0: there is none
    std::string value_name;                    ///< "N", "FILE"; empty: a switch, which takes none
    std::optional<std::string> default_value;  ///< where it is not given; none: it is absent then
    std::optional<std::string> implicit_value; ///< where it is given without a value
    bool is_list = false;                      ///< may be given several times
    std::string help;
};

/// Options that stand together in the help.
struct OptionGroup {
    std::string title;
    std::vector<Option> options;
    bool common = true;    ///< in --help; else in --help-all only
    unsigned columns = 80; ///< of the help text
};

/// `name` is "connections" or, with a letter, "connections,c".
Option switch_option(const std::string& name, std::string help);
Option text_option(const std::string& name, std::string value_name, std::string help);
Option text_option(const std::string& name, std::string value_name, std::string default_value,
                   std::string help);
Option list_option(const std::string& name, std::string value_name, std::string help);
/// One that may be given without a value, and is `implied` then.
Option implied_option(const std::string& name, std::string value_name, std::string implied,
                      std::string help);

/// What every command has.
inline Option help_option() {
    return switch_option("help,h", "show this");
}

} // namespace citusbench
