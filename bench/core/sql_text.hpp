#pragma once

#include <string_view>

namespace citusbench {

/// The text of a file below sql/, named by its path there ("chat/post.sql"). The files are embedded
/// at build time. Throws std::logic_error for a name that does not exist, which is a bug.
std::string_view sql_text(std::string_view name);

} // namespace citusbench
