#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace citusbench {

/// What stands for the @NAME@s of a template.
using TemplateValues = std::map<std::string, std::string, std::less<>>;

/// A template's values, and its lists: a line "@each NAME@ text" becomes a line of text for each
/// member of the list NAME, with the member's own values, too. A list of none or one makes a line
/// optional.
struct TemplateInput {
    TemplateValues values;
    std::map<std::string, std::vector<TemplateValues>, std::less<>> lists;
};

/// Fills a template of scripts/cluster. Throws std::logic_error for a name without a value.
std::string fill_template(std::string_view text, const TemplateInput& input);

/// fill_template() of the embedded file scripts/cluster/<name>.
std::string cluster_template(std::string_view name, const TemplateInput& input);

} // namespace citusbench
