#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace citusbench {

struct HttpAnswer {
    int status = 0;
    std::string body;
};

struct HttpRequest {
    std::string host; ///< an address, or a name that is resolved first
    std::uint16_t port = 0;
    std::string path;
    std::string json;       ///< POSTed if it is not empty, else it is a GET
    std::string user{};     ///< for HTTP Basic authentication; empty: none
    std::string password{}; ///< of that user
};

/// An answer with a longer body counts as none.
inline constexpr std::size_t max_http_body = std::size_t{16} << 20;

/// One request over a connection of its own, straight to the host: no proxy, no redirect, nothing
/// of the environment or of ~/.netrc. Nothing if there was no whole answer within `timeout`, name
/// lookup included. Thread-safe.
std::optional<HttpAnswer> ask_http(const HttpRequest& request, std::chrono::milliseconds timeout);

} // namespace citusbench
