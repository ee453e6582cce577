#include "options/option_values.hpp"

#include <fmt/format.h>

#include <utility>

#include "core/error.hpp"
#include "core/quantity.hpp"

namespace citusbench {

bool ParsedOptions::is_given(std::string_view name) const {
    const auto found = values_.find(name);
    return found != values_.end() && !found->second.is_default;
}

const std::string& ParsedOptions::text(std::string_view name) const {
    static const std::string none;
    const auto& texts = list(name);
    return texts.empty() ? none : texts.front();
}

const std::vector<std::string>& ParsedOptions::list(std::string_view name) const {
    static const std::vector<std::string> none;
    const auto found = values_.find(name);
    return found == values_.end() ? none : found->second.texts;
}

std::vector<std::string> ParsedOptions::given_names() const {
    std::vector<std::string> names;
    for (const auto& [name, value] : values_)
        if (!value.is_default) names.push_back(name);
    return names;
}

void ParsedOptions::set(const std::string& name, std::vector<std::string> texts, bool is_default) {
    values_[name] = {std::move(texts), is_default};
}

void ParsedOptions::erase(std::string_view name) {
    if (const auto found = values_.find(name); found != values_.end()) values_.erase(found);
}

std::string alternatives(const std::vector<std::string_view>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) text += i + 1 < names.size() ? ", " : " or ";
        text += names[i];
    }
    return text;
}

void OptionValue::refuse(std::string_view reason) const {
    throw UsageError(fmt::format("--{} {}: {}", name_, quoted(text()), reason));
}

std::uint64_t OptionValue::whole_number(std::uint64_t min, std::uint64_t max) const {
    return parse([&](const std::string& text) {
        const auto number = parse_count(text);
        if (number < min || number > max)
            throw std::invalid_argument(
                fmt::format("must be between {} and {}", min, format_count(max)));
        return number;
    });
}

Nanoseconds OptionValue::duration() const {
    const auto value = duration_or_zero();
    if (value.count() == 0) refuse("must be above zero");
    return value;
}

Nanoseconds OptionValue::duration_or_zero() const {
    return parse([](const std::string& text) { return parse_duration(text); });
}

double OptionValue::rate() const {
    return parse([](const std::string& text) { return parse_rate(text); });
}

} // namespace citusbench
