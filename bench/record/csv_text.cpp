#include "record/csv_text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace citusbench {

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted += '"';
}

std::string csv_line(std::span<const std::string> fields) {
    std::string line;
    for (const auto& field : fields) {
        if (&field != fields.data()) line += ',';
        line += csv_field(field);
    }
    return line += '\n';
}

std::string csv_number(std::optional<double> value, int decimals) {
    if (!value || !std::isfinite(*value)) return {};
    auto text = fmt::format("{:.{}f}", *value, decimals);
    const bool is_zero = text.find_first_of("123456789") == std::string::npos;
    if (is_zero && text.front() == '-') text.erase(0, 1);
    return text;
}

std::optional<std::vector<std::string>> split_csv_record(std::string_view text, std::size_t& at) {
    std::vector<std::string> fields(1);
    bool quoted = false; // inside quotes
    bool closed = false; // the field was quoted and its quote is closed
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (quoted) {
            if (c != '"') {
                fields.back() += c;
            } else if (at + 1 < text.size() && text[at + 1] == '"') {
                fields.back() += '"';
                ++at;
            } else {
                quoted = false;
                closed = true;
            }
        } else if (c == ',') {
            fields.emplace_back();
            closed = false;
        } else if (c == '\n' || (c == '\r' && at + 1 < text.size() && text[at + 1] == '\n')) {
            at += c == '\r' ? 2 : 1;
            return fields;
        } else if (c == '"' && fields.back().empty() && !closed) {
            quoted = true;
        } else if (c == '"' || closed) {
            return std::nullopt;
        } else {
            fields.back() += c;
        }
    }
    if (quoted) return std::nullopt;
    return fields;
}

} // namespace citusbench
