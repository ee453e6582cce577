#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/error.hpp"

namespace citusbench {

/// Another process took a port between the moment it was found free and its use.
class PortTaken : public RunError {
  public:
    using RunError::RunError;
};

/// `count` consecutive ports that were free on 127.0.0.1 a moment ago, lowest first. Outside the
/// range from which the kernel takes ports for outgoing connections: there another process could
/// take the port of a node that is down, and a client that keeps trying to reach the dead node
/// could connect to itself. All of them are greater than `above`. Throws RunError if there is no
/// such set.
std::vector<std::uint16_t> find_free_ports(int count, std::uint16_t above = 0);

/// True if something listens at an IPv4 address of this machine.
bool accepts_connections(const std::string& host, std::uint16_t port);

} // namespace citusbench
