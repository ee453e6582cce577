#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "support/null_server.hpp"

namespace citusbench::test {

/// Reads behind the `kept` bytes of the buffer.
ssize_t NullServer::receive(int fd, std::size_t kept, Ticks& arrived) {
    iovec into{buffer_.data() + kept, buffer_.size() - kept};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(timespec))];
    msghdr message{};
    message.msg_iov = &into;
    message.msg_iovlen = 1;
    if (script_.remembered > 0) {
        message.msg_control = control;
        message.msg_controllen = sizeof control;
    }
    const auto got = recvmsg(fd, &message, 0);
    arrived = now_ticks();
    const auto* note = got > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
    if (note && note->cmsg_level == SOL_SOCKET && note->cmsg_type == SO_TIMESTAMPNS) {
        timespec ts{};
        std::memcpy(&ts, CMSG_DATA(note), sizeof ts);
        arrived = std::min(arrived, ts.tv_sec * 1'000'000'000 + ts.tv_nsec - wall_clock_ahead_);
    }
    return got;
}

/// False when the client has gone, or says what nobody understands.
bool NullServer::read_from(std::uint32_t slot) {
    auto& connection = *connections_[slot];
    const auto kept = connection.input.size();
    std::copy(connection.input.begin(), connection.input.end(), buffer_.begin());
    Ticks arrived = 0;
    const auto got = receive(connection.fd.get(), kept, arrived);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    const std::string_view bytes(buffer_.data(), kept + static_cast<std::size_t>(got));
    closing_ = false;
    const auto taken = take_messages(slot, bytes, arrived);
    connection.input.assign(bytes.substr(taken));
    return !closing_ && connection.input.size() < buffer_.size();
}

/// False when the client has gone.
bool NullServer::flush(std::uint32_t slot) {
    auto& connection = *connections_[slot];
    if (!connection.output.empty()) {
        const auto sent = send(connection.fd.get(), connection.output.data(),
                               connection.output.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
        if (sent > 0) connection.output.erase(0, static_cast<std::size_t>(sent));
    }
    const bool wants_write = !connection.output.empty();
    if (wants_write == connection.wants_write) return true;
    connection.wants_write = wants_write;
    change(slot, wants_write ? EPOLLIN | EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
    return true;
}

} // namespace citusbench::test
