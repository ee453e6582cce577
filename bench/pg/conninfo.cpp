#include "pg/conninfo.hpp"

#include <memory>
#include <new>
#include <stdexcept>

#include <fmt/format.h>

#include "pg/result.hpp"

namespace citusbench::pg {
namespace {

std::string quoted_value(std::string_view value) {
    std::string out = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

} // namespace

Conninfo Conninfo::parse(const std::string& text) {
    char* error = nullptr;
    const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
        PQconninfoParse(text.c_str(), &error), PQconninfoFree);
    if (!options) {
        auto message = one_line(error ? error : "out of memory");
        // libpq quotes the part of the URI, which may be the password.
        if (message.find("percent-encoded") != std::string::npos)
            message = message.substr(0, message.find(": \""));
        PQfreemem(error);
        throw std::invalid_argument(message);
    }
    Conninfo conninfo;
    for (const auto* option = options.get(); option->keyword; ++option)
        if (option->val) conninfo.settings_[option->keyword] = option->val;
    return conninfo;
}

Conninfo Conninfo::of(PGconn* connection) {
    const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
        PQconninfo(connection), PQconninfoFree);
    if (!options) throw std::bad_alloc();
    Conninfo conninfo;
    for (const auto* option = options.get(); option->keyword; ++option)
        if (option->val) conninfo.settings_[option->keyword] = option->val;
    return conninfo;
}

void Conninfo::set(std::string keyword, std::string value) {
    settings_[std::move(keyword)] = std::move(value);
}

std::string Conninfo::get(std::string_view keyword) const {
    const auto at = settings_.find(keyword);
    return at == settings_.end() ? std::string() : at->second;
}

Conninfo Conninfo::at(std::string host, std::string port) const {
    auto other = *this;
    other.set("host", std::move(host));
    other.set("hostaddr", "");
    other.set("port", std::move(port));
    return other;
}

Conninfo Conninfo::without(std::initializer_list<std::string_view> keywords) const {
    auto other = *this;
    for (const auto keyword : keywords)
        if (const auto at = other.settings_.find(keyword); at != other.settings_.end())
            other.settings_.erase(at);
    return other;
}

std::string Conninfo::to_string() const {
    std::string text;
    for (const auto& [keyword, value] : settings_)
        text += fmt::format("{}{}={}", text.empty() ? "" : " ", keyword, quoted_value(value));
    return text;
}

std::string Conninfo::masked() const {
    auto copy = *this;
    for (const auto* secret : {"password", "sslpassword"})
        if (!get(secret).empty()) copy.set(secret, "***");
    std::string text;
    for (const auto& [keyword, value] : copy.settings_) {
        const bool plain = value.find_first_of(" '\\") == std::string::npos && !value.empty();
        text += fmt::format("{}{}={}", text.empty() ? "" : " ", keyword,
                            plain ? value : quoted_value(value));
    }
    return text;
}

std::string Conninfo::address() const {
    const auto host = get("host").empty() ? get("hostaddr") : get("host");
    const auto port = get("port").empty() ? std::string("5432") : get("port");
    return fmt::format("{}:{}", host.empty() ? "localhost" : host, port);
}

} // namespace citusbench::pg
