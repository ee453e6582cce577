#include "os/tcp_probe.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "os/unique_fd.hpp"

namespace citusbench {

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
