#include "support/lag_witness.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "core/time.hpp"
#include "worker/load_priority.hpp"

namespace citusbench::test {
namespace {

void check(bool good) {
    if (!good) throw std::system_error(errno, std::generic_category(), "lag witness");
}

} // namespace

LagWitness::LagWitness() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    const UniqueFd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sender_ = UniqueFd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    check(bind(listener.get(), any, size) == 0 && listen(listener.get(), 1) == 0 &&
          getsockname(listener.get(), any, &size) == 0 && connect(sender_.get(), any, size) == 0);
    receiver_ = UniqueFd(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const int on = 1;
    check(receiver_.get() >= 0 &&
          setsockopt(sender_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0);
    sending_ = std::thread([this] { send_stamps(); });
    receiving_ = std::thread([this] { receive_stamps(); });
}

void LagWitness::send_stamps() const {
    constexpr Ticks step = 2'000'000;
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    while (!stopping_.load(std::memory_order_relaxed)) {
        const auto wake = now_ticks() + step;
        const timespec until{wake / 1'000'000'000, wake % 1'000'000'000};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
        const auto stamp = now_ticks();
        if (send(sender_.get(), &stamp, sizeof stamp, MSG_NOSIGNAL) < 0) return;
    }
    shutdown(sender_.get(), SHUT_WR);
}

void LagWitness::receive_stamps() {
    // As a worker: on an idle machine the kernel wakes such threads on another processor.
    LoadPriority().raise(true);
    pollfd poller{receiver_.get(), POLLIN, 0};
    while (poll(&poller, 1, -1) >= 0 || errno == EINTR) {
        Ticks stamp = 0; // of the oldest, where several are there
        if (recv(receiver_.get(), &stamp, sizeof stamp, MSG_WAITALL) <= 0) return;
        lag_.record(now_ticks() - stamp);
    }
}

void LagWitness::stop() {
    stopping_ = true;
    if (sending_.joinable()) sending_.join();
    if (receiving_.joinable()) receiving_.join();
}

bool LagWitness::was_disturbed() const {
    return lag_.quantile(0.9) > 200'000 || lag_.quantile(0.99) > 500'000;
}

} // namespace citusbench::test
