#include "os/ports.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <sstream>

#include "core/error.hpp"
#include "os/process.hpp"
#include "os/unique_fd.hpp"

namespace citusbench {
namespace {

struct Range {
    int first;
    int last;
};

/// Below the kernel's own range, or above it where that begins very low.
Range usable_range() {
    constexpr int lowest = 10'000;
    constexpr int min_width = 2'000;
    int ephemeral_first = 32'768;
    int ephemeral_last = 60'999;
    std::istringstream(read_file("/proc/sys/net/ipv4/ip_local_port_range")) >> ephemeral_first >>
        ephemeral_last;
    if (ephemeral_first - lowest >= min_width) return {lowest, ephemeral_first - 1};
    if (65'535 - ephemeral_last >= min_width) return {ephemeral_last + 1, 65'535};
    return {lowest, 65'535};
}

bool is_free(int port) {
    const UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1; // as PostgreSQL does, so that TIME_WAIT is no obstacle
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
           listen(fd.get(), 1) == 0;
}

} // namespace

std::vector<std::uint16_t> find_free_ports(int count, std::uint16_t above) {
    constexpr int attempts = 1'000;
    auto range = usable_range();
    range.first = std::max(range.first, above + 1);
    if (range.last - range.first < count)
        throw RunError(fmt::format("there are no {} ports above {}", count, above));
    // Random, so that clusters which start at the same time rarely choose the same ones.
    std::random_device random;
    std::uniform_int_distribution<int> base(range.first, range.last - count + 1);
    for (int attempt = 0; attempt < attempts; ++attempt) {
        const int first = base(random);
        int port = first;
        while (port < first + count && is_free(port)) ++port;
        if (port < first + count) continue;
        std::vector<std::uint16_t> ports;
        for (int i = 0; i < count; ++i) ports.push_back(static_cast<std::uint16_t>(first + i));
        return ports;
    }
    throw RunError(fmt::format("no {} consecutive free ports on 127.0.0.1 between {} and {}", count,
                               range.first, range.last));
}

bool accepts_connections(const std::string& host, std::uint16_t port) {
    const UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval second{1, 0};
    setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second); // of connect()
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return false;
    return connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

} // namespace citusbench
