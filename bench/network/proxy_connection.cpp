#include "network/proxy_connection.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>

namespace citusbench {
namespace {

/// Read in one go; a side with this much unsent is not read from.
constexpr std::size_t read_size = std::size_t{64} * 1024;
constexpr std::size_t max_held = std::size_t{1024} * 1024;

bool would_block(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

void close_by_reset(const UniqueFd& fd) {
    const linger at_once{1, 0};
    setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

} // namespace

ProxyConnection::ProxyConnection(UniqueFd client, UniqueFd server, bool connected)
    : connected_(connected) {
    fds_[index(ProxySide::client)] = std::move(client);
    fds_[index(ProxySide::server)] = std::move(server);
}

ProxyConnection::~ProxyConnection() {
    if (!reset_) return;
    for (const auto& fd : fds_) close_by_reset(fd);
}

std::optional<std::uint32_t> ProxyConnection::interest(ProxySide side) const {
    if (side == ProxySide::server && !connected_) return EPOLLOUT;
    // A broken socket reports that for ever.
    if (flow_from(side).ended && flow_from(other(side)).dropped) return std::nullopt;
    std::uint32_t events = 0;
    const auto& from = flow_from(side);
    if (!from.ended && from.held < max_held) events |= EPOLLIN;
    if (flow_from(other(side)).blocked) events |= EPOLLOUT;
    return events;
}

bool ProxyConnection::finished() const {
    return reset_ || (flows_[0].finished && flows_[1].finished);
}

void ProxyConnection::finish_connecting() {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(fd(ProxySide::server), SOL_SOCKET, SO_ERROR, &error, &size);
    // A proxy that has accepted a connection cannot refuse it; a reset comes closest.
    if (error != 0) reset_ = true;
    connected_ = error == 0;
}

bool ProxyConnection::on_event(ProxySide side, std::uint32_t events, Ticks due, Ticks now) {
    const bool broken = (events & (EPOLLHUP | EPOLLERR)) != 0;
    if (side == ProxySide::server && !connected_) {
        finish_connecting();
        if (connected_) deliver(ProxySide::client, now);
        return false;
    }
    // epoll reports a broken side all the time, so it is read even if its flow is full.
    const bool was_ended = flow_from(side).ended;
    const bool waits = ((events & EPOLLIN) != 0 || broken) && receive(side, broken, due, now);
    if (broken && was_ended) drop_flow(other(side)); // the other side is gone
    if ((events & EPOLLOUT) != 0) {
        flow_from(other(side)).blocked = false;
        deliver(other(side), now);
    }
    return waits;
}

bool ProxyConnection::receive(ProxySide from, bool at_any_rate, Ticks due, Ticks now) {
    auto& flow = flow_from(from);
    if (flow.ended || (flow.held >= max_held && !at_any_rate)) return false;
    static thread_local std::array<char, read_size> buffer;
    const auto got = recv(fd(from), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && would_block(errno)) return false;
    if (got <= 0) {
        flow.ended = true;
        const bool cleanly = got == 0 && !flow_from(other(from)).dropped;
        return queue(from, {due, cleanly ? Kind::end : Kind::reset, {}}, now);
    }
    auto size = static_cast<std::size_t>(got);
    const char* data = buffer.data();
    if (flow.finished) return false; // the receiver is gone
    if (due <= now && flow.chunks.empty() && connected_) {
        const auto sent = send_some(from, data, size);
        if (sent == size || flow.finished) return false;
        data += sent;
        size -= sent;
    }
    flow.held += size;
    return queue(from, {due, Kind::bytes, std::vector<char>(data, data + size)}, now);
}

bool ProxyConnection::queue(ProxySide from, Chunk chunk, Ticks now) {
    const bool waits = chunk.due > now;
    flow_from(from).chunks.push_back(std::move(chunk));
    if (!waits) deliver(from, now);
    return waits;
}

void ProxyConnection::deliver(Ticks now) {
    deliver(ProxySide::client, now);
    deliver(ProxySide::server, now);
}

void ProxyConnection::deliver(ProxySide from, Ticks now) {
    auto& flow = flow_from(from);
    if (!connected_) return;
    while (!flow.blocked && !flow.chunks.empty() && flow.chunks.front().due <= now) {
        auto& chunk = flow.chunks.front();
        if (chunk.kind == Kind::reset) {
            reset_ = true;
            return;
        }
        if (chunk.kind == Kind::end) {
            shutdown(fd(other(from)), SHUT_WR);
            flow.finished = true;
        } else {
            const auto sent =
                send_some(from, chunk.bytes.data() + chunk.sent, chunk.bytes.size() - chunk.sent);
            if (flow.finished) return;
            chunk.sent += sent;
            flow.held -= sent;
            if (chunk.sent < chunk.bytes.size()) return;
        }
        flow.chunks.pop_front();
    }
}

/// Returns how many bytes the receiver took. A receiver that is gone ends the flow.
std::size_t ProxyConnection::send_some(ProxySide from, const char* data, std::size_t size) {
    const auto sent = send(fd(other(from)), data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && !would_block(errno)) {
        drop_flow(from);
        return 0;
    }
    const auto taken = sent < 0 ? 0 : static_cast<std::size_t>(sent);
    flow_from(from).blocked = taken < size;
    return taken;
}

/// The receiver is gone. Data that it sent before is still passed on; then the sender gets a reset,
/// as it would without a proxy.
void ProxyConnection::drop_flow(ProxySide from) {
    auto& flow = flow_from(from);
    flow.chunks.clear();
    flow.held = 0;
    flow.blocked = false;
    flow.finished = true;
    flow.dropped = true;
    auto& back = flow_from(other(from));
    if (back.finished) reset_ = true;
    for (auto& chunk : back.chunks)
        if (chunk.kind == Kind::end) chunk.kind = Kind::reset;
}

} // namespace citusbench
