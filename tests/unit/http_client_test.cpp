#include "os/http_client.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <atomic>
#include <functional>
#include <thread>

#include <fmt/format.h>

#include "core/time.hpp"
#include "os/unique_fd.hpp"
#include "support/measures_time.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;

/// Accepts connections on loopback, reads a request's head and body, and lets `answer` reply.
class HttpServer {
  public:
    using Answer = std::function<void(int connection, const std::string& request)>;

    explicit HttpServer(Answer answer)
        : answer_(std::move(answer)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* any = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        if (bind(listener_.get(), any, size) != 0 || listen(listener_.get(), 8) != 0 ||
            getsockname(listener_.get(), any, &size) != 0)
            throw std::runtime_error("cannot listen");
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;
    ~HttpServer() {
        ends_ = true;
        shutdown(listener_.get(), SHUT_RDWR);
        thread_.join();
    }

    std::uint16_t port() const { return port_; }
    int requests() const { return requests_; }
    bool ends() const { return ends_; }

  private:
    void serve() {
        while (!ends_) {
            const UniqueFd connection(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!connection) return;
            std::string request;
            char piece[4096];
            while (!is_whole(request)) {
                const auto count = recv(connection.get(), piece, sizeof piece, 0);
                if (count <= 0) break;
                request.append(piece, static_cast<std::size_t>(count));
            }
            ++requests_;
            answer_(connection.get(), request);
        }
    }

    static bool is_whole(const std::string& request) {
        const auto head = request.find("\r\n\r\n");
        if (head == std::string::npos) return false;
        const auto field = request.find("Content-Length: ");
        const auto body = field == std::string::npos ? 0 : std::stoul(request.substr(field + 16));
        return request.size() >= head + 4 + body;
    }

    Answer answer_;
    UniqueFd listener_;
    std::uint16_t port_ = 0;
    std::thread thread_;
    std::atomic<bool> ends_{false};
    std::atomic<int> requests_{0};
};

bool send_text(int connection, const std::string& text) {
    return send(connection, text.data(), text.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
}

std::string answer_with(const std::string& status, const std::string& body,
                        const std::string& header = "") {
    return fmt::format("HTTP/1.0 {}\r\n{}Content-Length: {}\r\n\r\n{}", status, header, body.size(),
                       body);
}

TEST(HttpClient, GetsStatusAndBody) {
    std::string seen;
    HttpServer server([&](int connection, const std::string& request) {
        seen = request;
        send_text(connection, answer_with("503 Service Unavailable", "{\"role\": \"replica\"}"));
    });
    const auto answer = ask_http({"127.0.0.1", server.port(), "/;csv", "", "", ""}, 5s);
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 503);
    EXPECT_EQ(answer->body, "{\"role\": \"replica\"}");
    EXPECT_TRUE(seen.starts_with("GET /;csv HTTP/1.0\r\n")) << seen;
    EXPECT_EQ(seen.find("Authorization"), std::string::npos) << seen;
}

TEST(HttpClient, PostsJsonWithAUsersPassword) {
    std::string seen;
    HttpServer server([&](int connection, const std::string& request) {
        seen = request;
        send_text(connection, answer_with("200 OK", ""));
    });
    const auto answer = ask_http(
        {"localhost", server.port(), "/switchover", "{\"leader\": \"a\"}", "me", "secret"}, 5s);
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 200);
    EXPECT_TRUE(seen.starts_with("POST /switchover HTTP/1.0\r\n")) << seen;
    EXPECT_NE(seen.find("\r\nContent-Type: application/json\r\n"), std::string::npos) << seen;
    EXPECT_NE(seen.find("\r\nAuthorization: Basic bWU6c2VjcmV0\r\n"), std::string::npos) << seen;
    EXPECT_TRUE(seen.ends_with("\r\n\r\n{\"leader\": \"a\"}")) << seen;
}

/// Compares how long an answer took with limits.
class HttpClientTimes : public testing::Test {};
MEASURES_TIME(HttpClientTimes);

TEST_F(HttpClientTimes, AnAnswerThatTricklesEndsAtTheDeadline) {
    const HttpServer* self = nullptr;
    HttpServer server([&](int connection, const std::string&) {
        send_text(connection, "HTTP/1.0 200 OK\r\nContent-Length: 1000000\r\n\r\n");
        while (!self->ends() && send_text(connection, "x")) std::this_thread::sleep_for(20ms);
    });
    self = &server;
    const auto begun = now_ticks();
    EXPECT_FALSE(ask_http({"127.0.0.1", server.port(), "/", "", "", ""}, 300ms).has_value());
    EXPECT_GE(to_seconds(now_ticks() - begun), 0.25);
    EXPECT_LT(to_seconds(now_ticks() - begun), 5);
}

TEST(HttpClient, AHugeAnswerIsCutOff) {
    std::atomic<bool> was_cut_off{false};
    HttpServer server([&](int connection, const std::string&) {
        const std::string piece(1 << 20, 'x');
        send_text(connection, "HTTP/1.0 200 OK\r\n\r\n");
        for (int i = 0; i < 200 && !was_cut_off; ++i) was_cut_off = !send_text(connection, piece);
    });
    EXPECT_FALSE(ask_http({"127.0.0.1", server.port(), "/", "", "", ""}, 30s).has_value());
    for (int i = 0; i < 500 && !was_cut_off; ++i) std::this_thread::sleep_for(10ms);
    EXPECT_TRUE(was_cut_off);
}

TEST(HttpClient, AnAnswerThatBreaksOffIsNone) {
    HttpServer server([&](int connection, const std::string&) {
        send_text(connection, "HTTP/1.0 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    });
    EXPECT_FALSE(ask_http({"127.0.0.1", server.port(), "/", "", "", ""}, 5s).has_value());
}

TEST_F(HttpClientTimes, WhereNobodyListensThereIsNoAnswer) {
    std::uint16_t port = 0;
    {
        const HttpServer server([](int, const std::string&) {});
        port = server.port();
    }
    const auto begun = now_ticks();
    EXPECT_FALSE(ask_http({"127.0.0.1", port, "/", "", "", ""}, 20s).has_value());
    EXPECT_LT(to_seconds(now_ticks() - begun), 10);
    EXPECT_FALSE(ask_http({"/run/postgresql", port, "/", "", "", ""}, 1s).has_value());
    EXPECT_FALSE(ask_http({"", port, "/", "", "", ""}, 1s).has_value());
}

TEST(HttpClient, NeitherRedirectsNorProxiesOfTheEnvironmentAreFollowed) {
    HttpServer other([](int connection, const std::string&) {
        send_text(connection, answer_with("200 OK", "from somewhere else"));
    });
    const auto there = fmt::format("http://127.0.0.1:{}", other.port());
    HttpServer server([&](int connection, const std::string&) {
        send_text(connection, answer_with("302 Found", "", "Location: " + there + "/\r\n"));
    });
    for (const auto* name : {"http_proxy", "all_proxy", "ALL_PROXY"})
        setenv(name, there.c_str(), 1);
    const auto answer = ask_http({"127.0.0.1", server.port(), "/", "", "", ""}, 5s);
    for (const auto* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) unsetenv(name);
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 302);
    EXPECT_EQ(other.requests(), 0);
}

} // namespace
} // namespace citusbench
