#include <algorithm>
#include <regex>
#include <string>

#include "pg/result.hpp"
#include "pg/table_spec.hpp"

namespace citusbench::pg {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \n\t\r");
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(" \n\t\r") - first + 1));
}

} // namespace

std::string one_line(std::string_view message) {
    // A parameter of a URI ends at "&"; a keyword's value ends at a space that no quote or
    // backslash takes in.
    static const std::regex parameter(R"(([?&]\w*password=)[^&\s]*)", std::regex::icase);
    static const std::regex keyword(
        R"((^|[^?&\w])(\w*password)\s*=\s*('(\\.|[^'\\])*('|$)|(\\.|[^\s\\])+))",
        std::regex::icase);
    static const std::regex uri(R"((postgres(ql)?://[^:/@\s]*):[^@\s]*@)");
    auto line = trimmed(message);
    std::replace(line.begin(), line.end(), '\n', ' ');
    std::replace(line.begin(), line.end(), '\t', ' ');
    line.erase(
        std::unique(line.begin(), line.end(), [](char a, char b) { return a == ' ' && b == ' '; }),
        line.end());
    line = std::regex_replace(line, parameter, "$1***");
    line = std::regex_replace(line, keyword, "$1$2=***");
    return std::regex_replace(line, uri, "$1:***@");
}

void read_table_sql(std::string_view sql, TableSpec& table) {
    constexpr std::string_view marker = "\n-- indexes";
    const auto at = sql.find(marker);
    table.create_sql = trimmed(sql.substr(0, at));
    if (table.create_sql.ends_with(';')) table.create_sql.pop_back();
    table.index_sql.clear();
    if (at == std::string_view::npos) return;
    auto rest = sql.substr(sql.find('\n', at + 1) + 1);
    while (true) {
        const auto end = rest.find(";\n");
        auto statement = trimmed(rest.substr(0, end));
        if (statement.ends_with(';')) statement.pop_back();
        if (!statement.empty()) table.index_sql.push_back(statement);
        if (end == std::string_view::npos) return;
        rest = rest.substr(end + 2);
    }
}

std::string for_table(std::string_view sql, std::string_view name) {
    std::string text(sql);
    replace_all(text, ":table", name);
    return text;
}

} // namespace citusbench::pg
