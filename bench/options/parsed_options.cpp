#include "options/parsed_options.hpp"

#include <utility>

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

} // namespace citusbench
