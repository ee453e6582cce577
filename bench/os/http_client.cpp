#include "os/http_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace citusbench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

/// One exchange, step by step; each step ends with an error once the time is over.
class Exchange {
  public:
    explicit Exchange(std::chrono::milliseconds timeout) : stream_(context_) {
        stream_.expires_after(timeout);
    }

    std::optional<HttpAnswer> run(const HttpRequest& wanted) {
        beast::error_code error;
        const auto addresses = asio::ip::tcp::resolver(context_).resolve(
            wanted.host, std::to_string(wanted.port), error);
        if (error) return std::nullopt;
        const auto done = [&](const beast::error_code& result, auto&&...) { error = result; };
        stream_.async_connect(addresses, done);
        if (!finish(error)) return std::nullopt;
        const auto verb = wanted.json.empty() ? http::verb::get : http::verb::post;
        http::request<http::string_body> request(verb, wanted.path, http_1_0);
        request.set(http::field::host, wanted.host);
        request.body() = wanted.json;
        if (!wanted.json.empty()) request.set(http::field::content_type, "application/json");
        request.prepare_payload();
        http::async_write(stream_, request, done);
        if (!finish(error)) return std::nullopt;
        http::response<http::string_body> response;
        beast::flat_buffer buffer;
        http::async_read(stream_, buffer, response, done);
        if (!finish(error)) return std::nullopt;
        return HttpAnswer{static_cast<int>(response.result_int()), response.body()};
    }

  private:
    static constexpr unsigned http_1_0 = 10; // the server closes when it has answered

    bool finish(const beast::error_code& error) {
        context_.restart();
        context_.run();
        return !error;
    }

    asio::io_context context_;
    beast::tcp_stream stream_;
};

} // namespace

std::optional<HttpAnswer> ask_http(const HttpRequest& request, std::chrono::milliseconds timeout) {
    return Exchange(timeout).run(request);
}

} // namespace citusbench
