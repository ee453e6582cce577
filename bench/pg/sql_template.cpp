#include "pg/sql_template.hpp"

#include <algorithm>
#include <stdexcept>

#include "core/embedded_files.hpp"

namespace citusbench {
namespace {

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || c == '_';
}

} // namespace

std::string fill_sql(std::string_view sql,
                     std::initializer_list<std::pair<std::string_view, std::string>> values) {
    std::string text;
    std::size_t at = 0;
    while (at < sql.size()) {
        const bool is_cast = sql.substr(at, 2) == "::";
        if (is_cast || sql[at] != ':' || at + 1 == sql.size() || !is_name_character(sql[at + 1])) {
            text += sql.substr(at, is_cast ? 2 : 1);
            at += is_cast ? 2 : 1;
            continue;
        }
        auto end = at + 1;
        while (end < sql.size() && is_name_character(sql[end])) ++end;
        const auto name = sql.substr(at + 1, end - at - 1);
        const auto value = std::find_if(values.begin(), values.end(),
                                        [&](const auto& pair) { return pair.first == name; });
        if (value == values.end())
            throw std::logic_error("no value for :" + std::string(name) + " in an SQL file");
        text += value->second;
        at = end;
    }
    return text;
}

std::string cluster_sql(std::string_view name,
                        std::initializer_list<std::pair<std::string_view, std::string>> values) {
    return fill_sql(sql_text("cluster/" + std::string(name) + ".sql"), values);
}

} // namespace citusbench
