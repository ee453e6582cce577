#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "options/option.hpp"

namespace citusbench {

/// What a command line and its --config file say: texts, not checked yet.
class ParsedOptions {
  public:
    /// Whether the option has a value: given, or by default. A switch always has one.
    bool has(std::string_view name) const { return values_.contains(name); }
    /// Whether it was given, not only defaulted.
    bool is_given(std::string_view name) const;
    /// Whether a switch is on.
    bool is_on(std::string_view name) const { return text(name) == switched_on; }
    /// Its value, the first of a list; empty where it has none.
    const std::string& text(std::string_view name) const;
    /// All its values; empty where it has none.
    const std::vector<std::string>& list(std::string_view name) const;

    /// What stands beside the options, in its order.
    const std::vector<std::string>& arguments() const { return arguments_; }
    /// Names of the options that were given, in alphabetical order.
    std::vector<std::string> given_names() const;

    /// Of a switch, besides nothing.
    static constexpr std::string_view switched_on = "on";

    void set(const std::string& name, std::vector<std::string> texts, bool is_default);
    void add_argument(const std::string& text) { arguments_.push_back(text); }
    void erase(std::string_view name);

  private:
    struct Value {
        std::vector<std::string> texts;
        bool is_default = false;
    };
    std::map<std::string, Value, std::less<>> values_;
    std::vector<std::string> arguments_;
};

/// A text as a message shows it: an empty one must be seen.
inline std::string quoted(const std::string& text) {
    return text.empty() ? "''" : text;
}

/// "a, b or c".
std::string alternatives(const std::vector<std::string_view>& names);

/// The value of one option. Whatever is wrong with it becomes one line with the option's name, the
/// value and the fix: a UsageError.
class OptionValue {
  public:
    OptionValue(const ParsedOptions& options, std::string name)
        : options_(options), name_(std::move(name)) {}

    const std::string& name() const { return name_; }
    const std::string& text() const { return options_.text(name_); }
    const std::vector<std::string>& list() const { return options_.list(name_); }
    bool is_on() const { return options_.is_on(name_); }

    /// The result of `parser` for the text; its std::invalid_argument becomes a refusal.
    template <typename Parser>
    auto parse(Parser parser) const {
        try {
            return parser(text());
        } catch (const std::invalid_argument& error) {
            refuse(error.what());
        }
    }

    /// A number in [min, max].
    template <typename Number>
    Number number(std::uint64_t min, std::uint64_t max) const {
        return static_cast<Number>(whole_number(min, max));
    }
    /// Above zero.
    Nanoseconds duration() const;
    Nanoseconds duration_or_zero() const;
    /// Operations, attempts … per second.
    double rate() const;

    /// Which of these names the text is.
    template <typename Choice>
    Choice choice(std::initializer_list<std::pair<std::string_view, Choice>> choices) const {
        std::vector<std::string_view> names;
        for (const auto& [name, value] : choices) {
            if (text() == name) return value;
            names.push_back(name);
        }
        refuse("use " + alternatives(names));
    }

    /// Throws UsageError: "--name text: reason".
    [[noreturn]] void refuse(std::string_view reason) const;

  private:
    std::uint64_t whole_number(std::uint64_t min, std::uint64_t max) const;

    const ParsedOptions& options_;
    std::string name_;
};

/// An option and what its value does: the one place where it is written down. Help, config files
/// and plans follow from tables of these.
template <typename RunTarget>
struct OptionRow {
    Option option;
    /// Writes the value, given or by default. None if several options decide together.
    void (*apply)(RunTarget& target, const OptionValue& value) = nullptr;
};

template <typename RunTarget>
using OptionTable = std::vector<OptionRow<RunTarget>>;

template <typename RunTarget>
std::vector<Option> options_of(const OptionTable<RunTarget>& table) {
    std::vector<Option> options;
    for (const auto& row : table) options.push_back(row.option);
    return options;
}

/// Applies each row whose option has a value, in the table's order. Throws UsageError.
template <typename RunTarget>
void apply_options(const OptionTable<RunTarget>& table, const ParsedOptions& options,
                   RunTarget& target) {
    for (const auto& row : table)
        if (row.apply && options.has(row.option.name))
            row.apply(target, OptionValue(options, row.option.name));
}

} // namespace citusbench
