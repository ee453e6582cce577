#include "os/http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include <fmt/format.h>

#include "core/error.hpp"

namespace citusbench {
namespace {

using CurlHandle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using CurlHeaders = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

CurlHandle make_curl_handle() {
    static const CURLcode initialized = curl_global_init(CURL_GLOBAL_DEFAULT);
    CurlHandle handle(initialized == CURLE_OK ? curl_easy_init() : nullptr, curl_easy_cleanup);
    if (!handle) throw RunError("cannot initialize libcurl");
    return handle;
}

/// A folder of sockets or a malformed name must not become part of another URL.
bool is_plain_host(std::string_view host) {
    return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '-' || c == '_' || c == ':' || c == '%';
    });
}

std::string url_of(const HttpRequest& request) {
    const bool is_ipv6 = request.host.find(':') != std::string::npos;
    return fmt::format("http://{}{}{}:{}{}", is_ipv6 ? "[" : "", request.host, is_ipv6 ? "]" : "",
                       request.port, request.path);
}

/// Taking less than there is ends the transfer with an error.
std::size_t append_body(const char* data, std::size_t size, std::size_t count, void* into) {
    auto& body = *static_cast<std::string*>(into);
    if (body.size() + size * count > max_http_body) return 0;
    body.append(data, size * count);
    return size * count;
}

/// libcurl reads proxies and ~/.netrc from the environment and follows what servers say, unless
/// told otherwise.
void isolate(CURL* handle) {
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
    // Signals would reach whichever thread; libcurl's own resolver thread keeps the deadline.
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
}

} // namespace

std::optional<HttpAnswer> ask_http(const HttpRequest& request, std::chrono::milliseconds timeout) {
    if (!is_plain_host(request.host)) return std::nullopt;
    const auto handle = make_curl_handle();
    auto* const curl = handle.get();
    isolate(curl);
    HttpAnswer answer;
    const auto url = url_of(request);
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_0));
    // 0 would be libcurl's "never".
    const auto deadline_ms = std::max<long>(1, static_cast<long>(timeout.count()));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, deadline_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, deadline_ms);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &append_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
    const CurlHeaders headers(curl_slist_append(nullptr, "Content-Type: application/json"),
                              curl_slist_free_all);
    if (!request.json.empty()) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.json.size()));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.json.c_str());
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    }
    if (!request.user.empty()) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
        curl_easy_setopt(curl, CURLOPT_USERNAME, request.user.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, request.password.c_str());
    }
    if (curl_easy_perform(curl) != CURLE_OK) return std::nullopt;
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    answer.status = static_cast<int>(status);
    return answer;
}

} // namespace citusbench
