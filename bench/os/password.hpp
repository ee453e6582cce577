#pragma once

#include <string>

namespace citusbench {

/// 128 random bits as hexadecimal digits.
std::string random_password();

} // namespace citusbench
