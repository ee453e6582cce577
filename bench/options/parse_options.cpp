#include "options/parse_options.hpp"

#include <sstream>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "core/error.hpp"

namespace citusbench {
namespace {

namespace po = boost::program_options;

po::value_semantic* semantic_of(const Option& option) {
    if (option.value_name.empty()) return po::bool_switch();
    if (option.is_list) return po::value<std::vector<std::string>>()->value_name(option.value_name);
    auto* value = po::value<std::string>()->value_name(option.value_name);
    if (option.default_value) value->default_value(*option.default_value);
    if (option.implicit_value) value->implicit_value(*option.implicit_value);
    return value;
}

po::options_description description_of(const OptionGroup& group) {
    po::options_description description(group.title, group.columns, group.columns / 2);
    for (const auto& option : group.options) {
        auto name = option.name;
        if (option.letter != 0) name += std::string(",") + option.letter;
        description.add_options()(name.c_str(), semantic_of(option), option.help.c_str());
    }
    return description;
}

/// What is wrong with an option, without its name.
std::string reason_of(const po::error& error, const CommandSyntax& syntax) {
    using Syntax = po::invalid_command_line_syntax;
    if (dynamic_cast<const po::unknown_option*>(&error))
        return "there is no such option; see " + syntax.help;
    if (dynamic_cast<const po::multiple_occurrences*>(&error))
        return "given more than once; give it once";
    if (dynamic_cast<const po::invalid_option_value*>(&error) ||
        dynamic_cast<const po::invalid_bool_value*>(&error))
        return "use on or off as the value of a switch";
    const auto* form = dynamic_cast<const Syntax*>(&error);
    if (form && (form->kind() == Syntax::missing_parameter ||
                 form->kind() == Syntax::empty_adjacent_parameter))
        return "its value is missing; see " + syntax.help;
    if (form && form->kind() == Syntax::extra_parameter)
        return "it is a switch and takes no value; leave the value out";
    return {};
}

std::string prefix_of(const CommandSyntax& syntax) {
    return syntax.command.empty() ? "" : syntax.command + ": ";
}

[[noreturn]] void refuse(const po::error& error, const CommandSyntax& syntax) {
    const auto prefix = prefix_of(syntax);
    const auto reason = reason_of(error, syntax);
    const auto* named = dynamic_cast<const po::error_with_option_name*>(&error);
    if (!named || reason.empty())
        throw UsageError(fmt::format("{}{}; see {}", prefix, error.what(), syntax.help));
    const auto name = named->get_option_name();
    throw UsageError(
        fmt::format("{}{}{}: {}", prefix, name.starts_with("-") ? "" : "--", name, reason));
}

void add_arguments(const po::parsed_options& parsed, const CommandSyntax& syntax,
                   ParsedOptions& result) {
    for (const auto& option : parsed.options) {
        if (option.position_key < 0) continue;
        for (const auto& text : option.value) {
            if (!syntax.takes_arguments)
                throw UsageError(fmt::format("{}'{}' is no {}option; see {}", prefix_of(syntax),
                                             text, syntax.command.empty() ? "command and no " : "",
                                             syntax.help));
            result.add_argument(text);
        }
    }
}

void add_values(const Option& option, const po::variables_map& values, ParsedOptions& result) {
    if (values.count(option.name) == 0) return;
    const auto& value = values[option.name];
    std::vector<std::string> texts;
    if (option.value_name.empty()) {
        if (value.as<bool>()) texts.emplace_back(ParsedOptions::switched_on);
    } else if (option.is_list) {
        texts = value.as<std::vector<std::string>>();
    } else {
        texts.push_back(value.as<std::string>());
    }
    result.set(option.name, std::move(texts), value.defaulted());
}

} // namespace

ParsedOptions parse_options(std::span<const std::string> args, std::span<const OptionGroup> groups,
                            const CommandSyntax& syntax, std::istream* config) {
    constexpr auto style =
        po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    try {
        po::options_description all;
        for (const auto& group : groups) all.add(description_of(group));
        const std::vector<std::string> words(args.begin(), args.end());
        const auto parsed = po::command_line_parser(words).options(all).style(style).run();
        ParsedOptions result;
        add_arguments(parsed, syntax, result);
        po::variables_map values;
        po::store(parsed, values);
        if (config) po::store(po::parse_config_file(*config, all), values);
        po::notify(values);
        for (const auto& group : groups)
            for (const auto& option : group.options) add_values(option, values, result);
        return result;
    } catch (const po::error& error) {
        refuse(error, syntax);
    }
}

std::string value_in_config(std::istream& config, const std::string& name) {
    try {
        po::options_description only;
        only.add_options()(name.c_str(), po::value<std::string>());
        po::variables_map values;
        po::store(po::parse_config_file(config, only, true), values);
        return values.count(name) > 0 ? values[name].as<std::string>() : std::string();
    } catch (const po::error& error) {
        refuse(error, {"--config", "citusbench --help-all"});
    }
}

std::string help_text(const OptionGroup& group) {
    std::ostringstream text;
    text << description_of(group);
    return text.str();
}

} // namespace citusbench
