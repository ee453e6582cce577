#include "pg/client.hpp"

namespace citusbench::pg {

namespace {
std::string quoted(std::string_view text, char quote) {
    std::string out(1, quote);
    for (const char c : text) {
        if (c == quote) out += quote;
        out += c;
    }
    return out + quote;
}
} // namespace

std::string quote_identifier(std::string_view name) {
    return quoted(name, '"');
}

std::string quote_literal(std::string_view text) {
    // A backslash is an escape only in E'' strings; standard_conforming_strings is on everywhere.
    return quoted(text, '\'');
}

} // namespace citusbench::pg
