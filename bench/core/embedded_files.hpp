#pragma once

#include <span>
#include <string_view>

namespace citusbench {

/// The text of a file below sql/, named by its path there ("chat/post.sql"). The files are embedded
/// at build time. Throws std::logic_error for a name that does not exist, which is a bug.
std::string_view sql_text(std::string_view name);

/// The text of a template below scripts/cluster/, named by its path there ("nginx.conf.in"). The
/// files are embedded at build time. Throws std::logic_error for a name that does not exist, which
/// is a bug.
std::string_view template_text(std::string_view name);

/// A file of the project's that containers are made of.
struct ContainerFile {
    std::string_view path; ///< "compose.yml", "scripts/cluster/Dockerfile"
    std::string_view text;
};

/// compose.yml and what its image is built of. Embedded at build time, so that an installed
/// citusbench needs no files.
std::span<const ContainerFile> container_files();

} // namespace citusbench
