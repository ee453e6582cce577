#include "support/null_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>

#include "os/ports.hpp"

namespace citusbench::test {
namespace {

constexpr std::uint64_t listener_token = UINT64_MAX;
constexpr std::uint64_t wake_token = UINT64_MAX - 1;
constexpr std::size_t events_a_turn = 256;
constexpr std::size_t buffer_bytes = 1 << 16;
constexpr int backlog = 4096;

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

void add(std::atomic<std::uint64_t>& counter, std::uint64_t by = 1) {
    counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

void set_on(int fd, int level, int option) {
    const int on = 1;
    if (setsockopt(fd, level, option, &on, sizeof on) < 0) fail("setsockopt");
}

Ticks wall_clock() {
    timespec ts{};
    clock_gettime(CLOCK_REALTIME, &ts);
    return ts.tv_sec * 1'000'000'000 + ts.tv_nsec;
}

/// Of several tries the one that was interrupted least.
Ticks wall_clock_lead() {
    Ticks shortest = never;
    Ticks lead = 0;
    for (int i = 0; i < 20; ++i) {
        const auto before = now_ticks();
        const auto wall = wall_clock();
        const auto took = now_ticks() - before;
        if (took >= shortest) continue;
        shortest = took;
        lead = wall - before - took / 2;
    }
    return lead;
}

} // namespace

std::uint64_t raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) fail("getrlimit");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0) fail("setrlimit");
    return limit.rlim_cur;
}

NullServer::NullServer(const NullScript& script, std::uint16_t port)
    : script_(script), port_(port != 0 ? port : find_free_ports(1).front()),
      epoll_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      events_(events_a_turn), buffer_(buffer_bytes), wall_clock_ahead_(wall_clock_lead()) {
    if (!epoll_ || !wake_) fail("epoll");
    answers_.reserve(script.remembered);
    epoll_event event{EPOLLIN, {.u64 = wake_token}};
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) < 0) fail("epoll_ctl");
    listen_again();
    thread_ = std::thread([this] { run(); });
}

NullServer::~NullServer() {
    try {
        stop();
    } catch (const std::exception& error) {
        fmt::print(stderr, "null server: {}\n", error.what());
    }
}

std::string NullServer::conninfo() const {
    return fmt::format("host=127.0.0.1 hostaddr=127.0.0.1 port={} user=null dbname=null "
                       "sslmode=disable gssencmode=disable",
                       port_);
}

void NullServer::freeze(Ticks at, Ticks length) {
    const std::scoped_lock lock(mutex_);
    orders_.freeze_at = at;
    orders_.freeze_until = at + length;
    eventfd_write(wake_.get(), 1);
}

void NullServer::drop_all(Ticks at, Ticks length) {
    const std::scoped_lock lock(mutex_);
    orders_.drop_at = at;
    orders_.listen_at = at + length;
    eventfd_write(wake_.get(), 1);
}

NullCounts NullServer::counts() const {
    return {operations_, errors_,      accepted_, started_,
            cancels_,    max_waiting_, open_,     last_started_};
}

void NullServer::stop() {
    stopping_ = true;
    eventfd_write(wake_.get(), 1);
    if (thread_.joinable()) thread_.join();
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void NullServer::run() {
    // Sleeps end up to 50 µs late by default.
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    try {
        loop();
    } catch (...) {
        failure_ = std::current_exception();
    }
    close_all();
    listener_.reset();
}

void NullServer::loop() {
    while (!stopping_) {
        auto until = obey();
        if (!waiting_.empty()) until = std::min(until, std::max(waiting_.front().due, free_at_));
        wait(until);
        deliver_due(now_ticks());
    }
}

/// Does what was ordered for now; when the next order is due.
Ticks NullServer::obey() {
    std::unique_lock lock(mutex_);
    auto orders = orders_;
    const auto now = now_ticks();
    if (orders.freeze_at <= now) orders_.freeze_at = never;
    if (orders.drop_at <= now) orders_.drop_at = never;
    if (orders.drop_at > now && orders.listen_at <= now) orders_.listen_at = never;
    lock.unlock();
    if (orders.freeze_at <= now) {
        const auto until = orders.freeze_until;
        const timespec end{until / 1'000'000'000, until % 1'000'000'000};
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, nullptr) == EINTR) continue;
        orders.freeze_at = never;
    }
    if (orders.drop_at <= now) {
        listener_.reset();
        close_all();
        orders.drop_at = never;
    } else if (orders.drop_at == never && orders.listen_at <= now && !listener_) {
        listen_again();
        orders.listen_at = never;
    }
    return std::min({orders.freeze_at, orders.drop_at, orders.listen_at});
}

void NullServer::listen_again() {
    listener_ = UniqueFd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!listener_) fail("socket");
    set_on(listener_.get(), SOL_SOCKET, SO_REUSEADDR);
    set_on(listener_.get(), IPPROTO_TCP, TCP_NODELAY); // what it accepts inherits it
    if (script_.remembered > 0) set_on(listener_.get(), SOL_SOCKET, SO_TIMESTAMPNS);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
        fail("bind");
    if (listen(listener_.get(), backlog) < 0) fail("listen");
    epoll_event event{EPOLLIN, {.u64 = listener_token}};
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), &event) < 0) fail("epoll_ctl");
}

void NullServer::wait(Ticks until) {
    const auto left = std::max<Ticks>(until - now_ticks(), 0);
    const timespec timeout{left / 1'000'000'000, left % 1'000'000'000};
    const int count = epoll_pwait2(epoll_.get(), events_.data(), static_cast<int>(events_.size()),
                                   until == never ? nullptr : &timeout, nullptr);
    if (count < 0 && errno != EINTR) fail("epoll_pwait2");
    for (int i = 0; i < count; ++i) {
        const auto& event = events_[static_cast<std::size_t>(i)];
        on_socket(event.data.u64, event.events);
        if (!waiting_.empty()) deliver_due(now_ticks()); // not late by a turn of many events
    }
}

void NullServer::on_socket(std::uint64_t token, std::uint32_t events) {
    if (token == wake_token) {
        eventfd_t none = 0;
        eventfd_read(wake_.get(), &none);
        return;
    }
    if (token == listener_token) {
        accept_all();
        return;
    }
    const auto slot = static_cast<std::uint32_t>(token);
    const auto& connection = connections_[slot];
    if (!connection->fd || connection->generation != token >> 32) return; // closed in this turn
    const bool readable = (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0;
    if ((readable && !read_from(slot)) || !flush(slot)) close_one(slot);
}

void NullServer::accept_all() {
    while (listener_) {
        UniqueFd client(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!client && (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR)) return;
        if (!client) fail("accept4");
        if (free_slots_.empty()) {
            free_slots_.push_back(static_cast<std::uint32_t>(connections_.size()));
            connections_.push_back(std::make_unique<Connection>());
        }
        const auto slot = free_slots_.back();
        free_slots_.pop_back();
        auto& connection = *connections_[slot];
        const auto generation = connection.generation + 1;
        connection = Connection();
        connection.generation = generation;
        connection.fd = std::move(client);
        change(slot, EPOLLIN, EPOLL_CTL_ADD);
        add(accepted_);
        add(open_);
        if (++ungreeted_ > max_waiting_) max_waiting_ = ungreeted_;
    }
}

void NullServer::change(std::uint32_t slot, std::uint32_t events, int operation) {
    const auto& connection = *connections_[slot];
    const auto token = static_cast<std::uint64_t>(connection.generation) << 32 | slot;
    epoll_event event{events, {.u64 = token}};
    if (epoll_ctl(epoll_.get(), operation, connection.fd.get(), &event) < 0) fail("epoll_ctl");
}

/// By reset, so that no port stays in TIME_WAIT for a minute.
void NullServer::close_one(std::uint32_t slot) {
    const linger at_once{1, 0};
    setsockopt(connections_[slot]->fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    connections_[slot]->fd.reset();
    if (!connections_[slot]->started) --ungreeted_;
    free_slots_.push_back(slot);
    add(open_, static_cast<std::uint64_t>(-1));
}

void NullServer::close_all() {
    for (std::uint32_t slot = 0; slot < connections_.size(); ++slot)
        if (connections_[slot]->fd) close_one(slot);
}

} // namespace citusbench::test
