#pragma once

#include <string>

#include "verify/verification.hpp"

namespace citusbench {

/// The checks as the console shows them: a few lines where all passed, otherwise each that did not
/// with what it means and its offenders.
std::string verification_text(const Verification& verification, bool with_colors);

} // namespace citusbench
