#pragma once

#include <string_view>

namespace citusbench {

/// "0.1.0", or what git describe says of the tree at build time ("0.1.0-12-gabc1234").
std::string_view version();
/// Abbreviated commit with "+" for uncommitted changes; "unknown" outside a git tree.
std::string_view git_commit();

} // namespace citusbench
