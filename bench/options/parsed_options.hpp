#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

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

} // namespace citusbench
