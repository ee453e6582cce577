#pragma once

#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include "cli/options.hpp"
#include "core/error.hpp"
#include "core/quantity.hpp"
#include "pg/conninfo.hpp"
#include "pg/result.hpp"

namespace citusbench {

/// The option's text; empty where it was not given and has no default.
inline std::string text_of(const ParsedOptions& parsed, const std::string& name) {
    return parsed.contains(name) ? parsed[name].as<std::string>() : std::string();
}

/// A value as a message shows it: an empty one must be seen.
inline std::string display_value(const std::string& text) {
    return text.empty() ? "''" : text;
}

/// Parses an option's text; what the parser complains about (std::invalid_argument) becomes one
/// line with the option's name and value, a UsageError.
template <typename Parser>
auto parse_value(const ParsedOptions& parsed, const std::string& name, Parser parser) {
    const auto text = text_of(parsed, name);
    try {
        return parser(text);
    } catch (const std::invalid_argument& error) {
        throw UsageError(fmt::format("--{} {}: {}", name, display_value(text), error.what()));
    }
}

/// Throws UsageError for a number outside [least, most].
inline std::uint64_t whole_number(const ParsedOptions& parsed, const std::string& name,
                                  std::uint64_t least, std::uint64_t most) {
    return parse_value(parsed, name, [&](const std::string& text) {
        const auto number = parse_count(text);
        if (number < least || number > most)
            throw std::invalid_argument(
                fmt::format("must be between {} and {}", least, format_count(most)));
        return number;
    });
}

/// Throws UsageError for a --dsn that libpq cannot read.
inline void check_dsn(const std::string& dsn) {
    try {
        // libpq looks at the port when it connects, and at nothing but digits and commas then.
        const auto port = pg::Conninfo::parse(dsn).get("port");
        if (port.find_first_not_of("0123456789,") != std::string::npos)
            throw std::invalid_argument(fmt::format("port \"{}\" is no number", port));
    } catch (const std::invalid_argument& error) {
        throw UsageError(fmt::format("--dsn {}: {}; write it as psql accepts it", pg::one_line(dsn),
                                     error.what()));
    }
}

/// A duration above zero (or zero, where it `may_be_zero`); the default where it was not given.
inline Nanoseconds duration_value(const ParsedOptions& parsed, const std::string& name,
                                  Nanoseconds default_value, bool may_be_zero = false) {
    if (!parsed.contains(name)) return default_value;
    return parse_value(parsed, name, [&](const std::string& text) {
        const auto value = parse_duration(text);
        if (value.count() == 0 && !may_be_zero)
            throw std::invalid_argument("it must be above zero");
        return value;
    });
}

} // namespace citusbench
