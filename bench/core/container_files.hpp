#pragma once

#include <span>
#include <string_view>

namespace citusbench {

/// A file of the project's that containers are made of.
struct ContainerFile {
    std::string_view path; ///< "compose.yml", "scripts/cluster/Dockerfile"
    std::string_view text;
};

/// compose.yml and what its image is built of. Embedded at build time, so that an installed
/// citusbench needs no files.
std::span<const ContainerFile> container_files();

} // namespace citusbench
