#pragma once

#include <chrono>
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
    std::string json; ///< POSTed if it is not empty, else it is a GET
};

/// One request over a connection of its own; nothing if there was no answer within `timeout`.
std::optional<HttpAnswer> ask_http(const HttpRequest& request, std::chrono::milliseconds timeout);

} // namespace citusbench
