#pragma once

#include <string_view>

namespace citusbench {

/// The text of a template below scripts/cluster/, named by its path there ("nginx.conf.in"). The
/// files are embedded at build time. Throws std::logic_error for a name that does not exist, which
/// is a bug.
std::string_view template_text(std::string_view name);

} // namespace citusbench
