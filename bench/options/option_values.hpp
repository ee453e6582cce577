#pragma once

#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "options/parsed_options.hpp"

namespace citusbench {

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

    /// What `parser` makes of the text; what it complains about (std::invalid_argument) is
    /// refused.
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

} // namespace citusbench
