#include "network/tcp_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "os/ports.hpp"

namespace citusbench {
namespace {

// The token of an event; a connection's is twice its number, plus one for the server's side.
constexpr std::uint64_t wake_token = 0;
constexpr std::uint64_t listener_token = 1;
constexpr std::uint64_t timer_token = 2;
constexpr std::uint64_t first_id = 2;

constexpr Ticks accept_pause = 10'000'000;

sockaddr_in socket_address(const TcpProxy::Address& address) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(address.port);
    inet_pton(AF_INET, address.host.c_str(), &to.sin_addr);
    return to;
}

UniqueFd checked(int fd, const char* what) {
    if (fd < 0)
        throw RunError(fmt::format("cannot make {} for a proxy: {}", what, std::strerror(errno)));
    return UniqueFd(fd);
}

void send_at_once(const UniqueFd& fd) {
    const int on = 1;
    setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void add_to_epoll(const UniqueFd& epoll, const UniqueFd& fd, std::uint64_t token) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = token;
    epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd.get(), &event);
}

UniqueFd listen_on(const TcpProxy::Address& address, std::uint16_t& port) {
    auto fd = checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "a socket");
    const int on = 1;
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    auto bound = socket_address(address);
    if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&bound), sizeof bound) != 0 ||
        listen(fd.get(), SOMAXCONN) != 0)
        throw PortTaken(fmt::format("cannot listen on port {} of {}: {}", address.port,
                                    address.host, std::strerror(errno)));
    socklen_t size = sizeof bound;
    getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound), &size);
    port = ntohs(bound.sin_port);
    return fd;
}

} // namespace

TcpProxy::TcpProxy(const Address& listen, Address server)
    : server_(std::move(server)), listener_(listen_on(listen, port_)),
      epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "an epoll")),
      wake_(checked(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "an eventfd")),
      timer_(checked(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "a timer")),
      next_id_(first_id) {
    add_to_epoll(epoll_, wake_, wake_token);
    add_to_epoll(epoll_, listener_, listener_token);
    add_to_epoll(epoll_, timer_, timer_token);
    thread_ = std::thread([this] { run(); });
    // NOLINTNEXTLINE(*-prefer-member-initializer): not before it runs
    thread_handle_ = thread_.native_handle();
}

TcpProxy::~TcpProxy() {
    change([](Settings& settings) { settings.stop = true; });
    thread_.join();
}

template <typename Change>
Ticks TcpProxy::change(Change change) {
    std::unique_lock lock(mutex_);
    change(wanted_);
    const auto version = ++wanted_version_;
    const std::uint64_t one = 1;
    (void)!write(wake_.get(), &one, sizeof one); // full only if it is awake anyway
    applied_.wait(lock, [&] { return applied_version_ >= version; });
    return applied_at_;
}

Ticks TcpProxy::set_delay(Nanoseconds delay) {
    return change([&](Settings& settings) { settings.delay = to_ticks(delay); });
}

Ticks TcpProxy::cut(bool is_cut) {
    return change([&](Settings& settings) { settings.cut = is_cut; });
}

Nanoseconds TcpProxy::cpu() const {
    clockid_t clock = 0;
    timespec used{};
    // The thread lives as long as this object.
    if (pthread_getcpuclockid(thread_handle_, &clock) != 0 || clock_gettime(clock, &used) != 0)
        return {};
    return std::chrono::seconds(used.tv_sec) + Nanoseconds(used.tv_nsec);
}

/// Applies the wanted settings; false when it is time to end.
bool TcpProxy::take_settings() {
    const std::scoped_lock lock(mutex_);
    std::uint64_t count = 0;
    if (read(wake_.get(), &count, sizeof count) < 0) count = 0; // it was not woken
    settings_ = wanted_;
    applied_version_ = wanted_version_;
    applied_at_ = now_ticks();
    applied_.notify_all();
    return !settings_.stop;
}

void TcpProxy::run() {
    while (take_settings()) {
        if (settings_.cut)
            wait_while_cut();
        else
            turn();
    }
    connections_.clear();
}

/// Nothing else is looked at: what arrives stays in the kernel, whose buffers fill up.
void TcpProxy::wait_while_cut() const {
    pollfd fd{wake_.get(), POLLIN, 0};
    poll(&fd, 1, -1);
}

/// Until there are new settings.
void TcpProxy::turn() {
    std::array<epoll_event, 64> events;
    while (true) {
        arm_timer();
        const int count =
            epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
        const auto now = now_ticks();
        for (int i = 0; i < count; ++i) {
            const auto& event = events[static_cast<std::size_t>(i)];
            if (event.data.u64 == wake_token) return; // level-triggered: the rest is seen again
            if (event.data.u64 == listener_token) accept_all(now);
            if (event.data.u64 > timer_token) on_connection(event.data.u64, event.events, now);
        }
        deliver_due(now);
    }
}

void TcpProxy::accept_all(Ticks now) {
    while (true) {
        UniqueFd client(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (client) {
            accept_one(std::move(client));
            continue;
        }
        if (errno == EINTR || errno == ECONNABORTED) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK) return;
        // Out of descriptors: new connections wait in the kernel's queue until some are free.
        epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener_.get(), nullptr);
        accept_again_ = now + accept_pause;
        return;
    }
}

void TcpProxy::accept_one(UniqueFd client) {
    UniqueFd server(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!server) return; // out of descriptors: the client's side closes
    send_at_once(client);
    send_at_once(server);
    const auto to = socket_address(server_);
    const bool connected =
        connect(server.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    // An error that shows at once is found by the first event as well.
    const auto id = next_id_++;
    connections_[id].connection =
        std::make_unique<ProxyConnection>(std::move(client), std::move(server), connected);
    update_events(id);
}

/// When something that is read now may leave: never before what was read earlier.
Ticks TcpProxy::due_at(Ticks now) {
    last_due_ = std::max(last_due_, now + settings_.delay);
    return last_due_;
}

void TcpProxy::on_connection(std::uint64_t token, std::uint32_t events, Ticks now) {
    const auto id = token / 2;
    const auto found = connections_.find(id);
    if (found == connections_.end()) return; // closed by an event before
    const auto side = token % 2 == 0 ? ProxySide::client : ProxySide::server;
    const auto due = side == ProxySide::client ? due_at(now) : now;
    if (found->second.connection->on_event(side, events, due, now)) waiting_.push_back({due, id});
    update_events(id);
}

/// Forgets a connection that is over; else sees to it that its events are those it waits for.
void TcpProxy::update_events(std::uint64_t id) {
    auto& entry = connections_.at(id);
    if (entry.connection->finished()) {
        connections_.erase(id);
        return;
    }
    for (const auto side : {ProxySide::client, ProxySide::server}) {
        auto& registered = entry.registered[side == ProxySide::client ? 0 : 1];
        const auto wanted = entry.connection->interest(side);
        if (wanted == registered) continue;
        epoll_event event{};
        event.events = wanted.value_or(0);
        event.data.u64 = id * 2 + (side == ProxySide::client ? 0 : 1);
        const int operation = !wanted ? EPOLL_CTL_DEL : !registered ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
        epoll_ctl(epoll_.get(), operation, entry.connection->fd(side), &event);
        registered = wanted;
    }
}

void TcpProxy::deliver_due(Ticks now) {
    while (!waiting_.empty() && waiting_.front().due <= now) {
        const auto id = waiting_.front().connection;
        waiting_.pop_front();
        const auto found = connections_.find(id);
        if (found == connections_.end()) continue;
        found->second.connection->deliver(now);
        update_events(id);
    }
    if (accept_again_ <= now) {
        accept_again_ = never;
        add_to_epoll(epoll_, listener_, listener_token);
    }
}

void TcpProxy::arm_timer() {
    const auto next = std::min(accept_again_, waiting_.empty() ? never : waiting_.front().due);
    if (next == armed_) return;
    armed_ = next;
    itimerspec at{}; // all zero: off
    if (next != never) {
        at.it_value.tv_sec = next / 1'000'000'000;
        at.it_value.tv_nsec = next % 1'000'000'000;
    }
    timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &at, nullptr);
}

} // namespace citusbench
