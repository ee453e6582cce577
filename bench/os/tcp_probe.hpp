#pragma once

#include <cstdint>
#include <string>

namespace citusbench {

/// True if something listens at an IPv4 address of this machine.
bool accepts_connections(const std::string& host, std::uint16_t port);

} // namespace citusbench
