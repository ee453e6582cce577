#include "service/template.hpp"

#include <algorithm>
#include <stdexcept>

#include "core/embedded_files.hpp"

namespace citusbench {
namespace {

constexpr std::string_view each_mark = "@each ";

bool is_placeholder(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(),
                                        [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
}

const std::string& value_of(std::string_view name, const TemplateValues& values,
                            const TemplateValues& own) {
    if (const auto found = own.find(name); found != own.end()) return found->second;
    if (const auto found = values.find(name); found != values.end()) return found->second;
    throw std::logic_error("no value for @" + std::string(name) + "@ in a template");
}

std::string fill_line(std::string_view line, const TemplateValues& values,
                      const TemplateValues& own) {
    std::string text;
    while (true) {
        const auto begin = line.find('@');
        const auto end = begin == std::string_view::npos ? begin : line.find('@', begin + 1);
        if (end == std::string_view::npos) break;
        const auto name = line.substr(begin + 1, end - begin - 1);
        text += line.substr(0, begin);
        text += is_placeholder(name) ? value_of(name, values, own) : "@";
        line.remove_prefix(is_placeholder(name) ? end + 1 : begin + 1);
    }
    return text.append(line);
}

} // namespace

std::string fill_template(std::string_view text, const TemplateInput& input) {
    std::string filled;
    while (!text.empty()) {
        const auto length = std::min(text.find('\n'), text.size() - 1) + 1;
        auto line = text.substr(0, length);
        text.remove_prefix(length);
        if (!line.starts_with(each_mark)) {
            filled += fill_line(line, input.values, {});
            continue;
        }
        line.remove_prefix(each_mark.size());
        const auto list = input.lists.find(line.substr(0, line.find('@')));
        if (list == input.lists.end())
            throw std::logic_error("no list for the line of a template: " + std::string(line));
        line.remove_prefix(line.find('@') + 2); // and the space behind it
        for (const auto& own : list->second) filled += fill_line(line, input.values, own);
    }
    return filled;
}

std::string cluster_template(std::string_view name, const TemplateInput& input) {
    return fill_template(template_text(name), input);
}

} // namespace citusbench
