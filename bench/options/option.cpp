#include "options/option.hpp"

#include <utility>

namespace citusbench {

Option switch_option(const std::string& name, std::string help) {
    Option option;
    const auto comma = name.find(',');
    option.name = name.substr(0, comma);
    if (comma != std::string::npos) option.letter = name.at(comma + 1);
    option.help = std::move(help);
    return option;
}

Option text_option(const std::string& name, std::string value_name, std::string help) {
    auto option = switch_option(name, std::move(help));
    option.value_name = std::move(value_name);
    return option;
}

Option text_option(const std::string& name, std::string value_name, std::string default_value,
                   std::string help) {
    auto option = text_option(name, std::move(value_name), std::move(help));
    option.default_value = std::move(default_value);
    return option;
}

Option list_option(const std::string& name, std::string value_name, std::string help) {
    auto option = text_option(name, std::move(value_name), std::move(help));
    option.is_list = true;
    return option;
}

Option implied_option(const std::string& name, std::string value_name, std::string implied,
                      std::string help) {
    auto option = text_option(name, std::move(value_name), std::move(help));
    option.implicit_value = std::move(implied);
    return option;
}

} // namespace citusbench
