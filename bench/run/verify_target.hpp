#pragma once

#include <string>

#include "run/target.hpp"
#include "verify/nodes.hpp"

namespace citusbench {

/// Where verification finds the rows of a target. `left_open`: see VerifyTarget.
VerifyTarget verify_target(const Target& target, std::string left_open);

} // namespace citusbench
