#include "os/password.hpp"

#include <random>

#include <fmt/format.h>

namespace citusbench {

std::string random_password() {
    std::random_device random;
    std::string password;
    for (int i = 0; i < 4; ++i) password += fmt::format("{:08x}", random());
    return password;
}

} // namespace citusbench
