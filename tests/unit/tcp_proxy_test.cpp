#include "network/tcp_proxy.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "os/ports.hpp"
#include "support/measures_time.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

UniqueFd connect_to(std::uint16_t port) {
    UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto address = loopback(port);
    EXPECT_EQ(connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    const int on = 1;
    setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

/// True if it has something to say (bytes, its end or an error) within `timeout`.
bool speaks(const UniqueFd& fd, std::chrono::milliseconds timeout = 2s) {
    pollfd poller{fd.get(), POLLIN, 0};
    return poll(&poller, 1, static_cast<int>(timeout.count())) == 1;
}

std::string read_some(const UniqueFd& fd) {
    std::string text(65'536, '\0');
    if (!speaks(fd)) return "(silence)";
    const auto got = recv(fd.get(), text.data(), text.size(), 0);
    if (got < 0) return errno == ECONNRESET ? "(reset)" : "(error)";
    text.resize(static_cast<std::size_t>(got));
    return got == 0 ? "(end)" : text;
}

std::string read_exactly(const UniqueFd& fd, std::size_t size) {
    std::string text;
    while (text.size() < size) {
        const auto more = read_some(fd);
        if (more.starts_with('(')) return text + more;
        text += more;
    }
    return text;
}

void say(const UniqueFd& fd, std::string_view text) {
    EXPECT_EQ(send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
}

void close_by_reset(UniqueFd& fd) {
    const linger at_once{1, 0};
    setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    fd.reset();
}

/// A server of the test's own behind a proxy.
class TcpProxyTest : public testing::Test {
  protected:
    void SetUp() override {
        auto address = loopback(0);
        socklen_t size = sizeof address;
        listener_ = UniqueFd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        ASSERT_EQ(bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
        ASSERT_EQ(listen(listener_.get(), 128), 0);
        getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
        proxy_ =
            std::make_unique<TcpProxy>(TcpProxy::Address{"127.0.0.1", 0},
                                       TcpProxy::Address{"127.0.0.1", ntohs(address.sin_port)});
    }

    struct Link {
        UniqueFd client;
        UniqueFd server;
    };
    UniqueFd accept_one() {
        if (!speaks(listener_)) throw std::runtime_error("nobody connects");
        return UniqueFd(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    }
    Link make_link() {
        auto client = connect_to(proxy_->port());
        return {std::move(client), accept_one()};
    }

    UniqueFd listener_;
    std::unique_ptr<TcpProxy> proxy_;
};
MEASURES_TIME(TcpProxyTest);

TEST_F(TcpProxyTest, BytesGoBothWaysAndEndsFollowThemOneByOne) {
    const auto link = make_link();
    say(link.client, "question");
    EXPECT_EQ(read_exactly(link.server, 8), "question");
    shutdown(link.client.get(), SHUT_WR);
    EXPECT_EQ(read_some(link.server), "(end)");
    say(link.server, "answer"); // half closed: this way is still open
    EXPECT_EQ(read_exactly(link.client, 6), "answer");
    shutdown(link.server.get(), SHUT_WR);
    EXPECT_EQ(read_some(link.client), "(end)");
}

TEST_F(TcpProxyTest, ManyConnectionsDoNotMix) {
    std::vector<Link> links;
    for (int i = 0; i < 100; ++i) links.push_back(make_link());
    for (std::size_t i = 0; i < links.size(); ++i) say(links[i].client, std::to_string(1000 + i));
    for (std::size_t i = 0; i < links.size(); ++i)
        EXPECT_EQ(read_exactly(links[i].server, 4), std::to_string(1000 + i));
}

TEST_F(TcpProxyTest, AReaderThatDoesNotReadStopsTheWriterAndLosesNothing) {
    const auto link = make_link();
    std::size_t total = 0;
    const std::string piece(100'000, 'x');
    pollfd writable{link.client.get(), POLLOUT, 0};
    while (total < 200'000'000 && poll(&writable, 1, 200) == 1) {
        const auto n = send(link.client.get(), piece.data(), piece.size(), MSG_DONTWAIT);
        if (n > 0) total += static_cast<std::size_t>(n);
    }
    EXPECT_LT(total, 100'000'000U) << "the proxy takes without end";
    const auto idle = proxy_->cpu();
    std::this_thread::sleep_for(100ms);
    EXPECT_LT(proxy_->cpu() - idle, 20ms) << "it waits in a busy loop";
    shutdown(link.client.get(), SHUT_WR);
    EXPECT_EQ(read_exactly(link.server, total).size(), total);
    EXPECT_EQ(read_some(link.server), "(end)");
}

TEST_F(TcpProxyTest, ADelayHoldsForTheWayToTheServerAlone) {
    const auto link = make_link();
    proxy_->set_delay(30ms);
    std::vector<double> late_ms;
    std::vector<double> reply_ms;
    for (int i = 0; i < 10; ++i) {
        const auto begun = now_ticks();
        say(link.client, "x");
        EXPECT_EQ(read_exactly(link.server, 1), "x");
        late_ms.push_back(to_seconds(now_ticks() - begun) * 1e3 - 30);
        EXPECT_GE(late_ms.back(), 0);
        const auto replied = now_ticks();
        say(link.server, "y");
        EXPECT_EQ(read_exactly(link.client, 1), "y");
        reply_ms.push_back(to_seconds(now_ticks() - replied) * 1e3);
    }
    std::nth_element(reply_ms.begin(), reply_ms.begin() + 5, reply_ms.end());
    EXPECT_LT(reply_ms[5], 20) << "replies are not delayed";
    std::nth_element(late_ms.begin(), late_ms.begin() + 5, late_ms.end());
    EXPECT_LT(late_ms[5], 5) << "of 30 ms";
    RecordProperty("late_by_ms", std::to_string(late_ms[5]));
}

TEST_F(TcpProxyTest, WhatIsDelayedKeepsItsOrderWhenTheDelayGetsShorter) {
    const auto link = make_link();
    proxy_->set_delay(100ms);
    const auto begun = now_ticks();
    say(link.client, "first ");
    std::this_thread::sleep_for(10ms);
    proxy_->set_delay(0ms);
    say(link.client, "second");
    EXPECT_EQ(read_exactly(link.server, 12), "first second");
    EXPECT_GE(now_ticks() - begun, 100'000'000);
    const auto again = now_ticks();
    say(link.client, "x");
    EXPECT_EQ(read_exactly(link.server, 1), "x");
    EXPECT_LT(now_ticks() - again, 50'000'000);
}

TEST_F(TcpProxyTest, TheEndOfAConnectionIsDelayedBehindItsBytes) {
    auto link = make_link();
    proxy_->set_delay(50ms);
    const auto begun = now_ticks();
    say(link.client, "bye");
    link.client.reset();
    EXPECT_EQ(read_exactly(link.server, 3), "bye");
    EXPECT_EQ(read_some(link.server), "(end)");
    EXPECT_GE(now_ticks() - begun, 50'000'000);
}

TEST_F(TcpProxyTest, WhileItIsCutThereIsSilenceAndAfterwardsNothingIsMissing) {
    auto link = make_link();
    auto ending = make_link();
    const auto before = now_ticks();
    const auto since = proxy_->cut(true);
    EXPECT_GE(since, before);
    EXPECT_LT(since - before, 100'000'000);
    say(link.client, "to the server");
    say(link.server, "to the client");
    ending.server.reset();
    const auto newcomer = connect_to(proxy_->port()); // the kernel's queue takes it
    say(newcomer, "hello");
    EXPECT_FALSE(speaks(link.server, 100ms));
    EXPECT_FALSE(speaks(link.client, 0ms));
    EXPECT_FALSE(speaks(ending.client, 0ms)) << "no end is passed on";
    EXPECT_FALSE(speaks(newcomer, 0ms));
    EXPECT_FALSE(speaks(listener_, 0ms)) << "the server sees no new connection";
    proxy_->cut(false);
    EXPECT_EQ(read_exactly(link.server, 13), "to the server");
    EXPECT_EQ(read_exactly(link.client, 13), "to the client");
    EXPECT_EQ(read_some(ending.client), "(end)");
    EXPECT_EQ(read_exactly(accept_one(), 5), "hello");
}

TEST_F(TcpProxyTest, WhoLeftDuringTheCutIsGoneForTheOtherSideWhenItIsHealed) {
    auto link = make_link();
    proxy_->cut(true);
    close_by_reset(link.client);
    EXPECT_FALSE(speaks(link.server, 50ms));
    proxy_->cut(false);
    EXPECT_EQ(read_some(link.server), "(reset)");
}

TEST_F(TcpProxyTest, AServerThatIsNotThereResetsItsClients) {
    listener_.reset();
    const auto client = connect_to(proxy_->port());
    EXPECT_EQ(read_some(client), "(reset)");
}

TEST_F(TcpProxyTest, AResetIsPassedOnBehindTheBytesBeforeIt) {
    for (int i = 0; i < 20; ++i) {
        auto link = make_link();
        say(link.server, "last words");
        EXPECT_EQ(read_exactly(link.client, 10), "last words");
        close_by_reset(link.server);
        EXPECT_EQ(read_some(link.client), "(reset)");
    }
}

TEST_F(TcpProxyTest, WhoWritesToAServerThatHasGoneIsReset) {
    auto link = make_link();
    link.server.reset();
    EXPECT_EQ(read_some(link.client), "(end)");
    say(link.client, "are you there?");
    pollfd broken{link.client.get(), 0, 0};
    EXPECT_EQ(poll(&broken, 1, 2000), 1);
    EXPECT_NE(broken.revents & POLLERR, 0);
    const auto idle = proxy_->cpu();
    std::this_thread::sleep_for(100ms);
    EXPECT_LT(proxy_->cpu() - idle, 20ms) << "a dead connection keeps it busy";
}

TEST_F(TcpProxyTest, ItsEndClosesEveryConnection) {
    const auto link = make_link();
    proxy_.reset();
    EXPECT_EQ(read_some(link.client), "(end)");
    EXPECT_EQ(read_some(link.server), "(end)");
}

TEST_F(TcpProxyTest, APortThatIsTakenIsRefused) {
    EXPECT_THROW(TcpProxy({"127.0.0.1", proxy_->port()}, {"127.0.0.1", 1}), PortTaken);
}

} // namespace
} // namespace citusbench
