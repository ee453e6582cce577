#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "os/file_lock.hpp"

namespace citusbench {

/// The state folder with its lock, which is held while folders appear, are examined or get an
/// owner, so that nobody looks at a half-made one.
struct LockedRoot {
    std::filesystem::path path;
    FileLock lock;
};
LockedRoot lock_root();

/// The last cluster takes the default state folder with it where nothing else is in it, such as
/// templates of data directories. One that the user named stays.
void remove_empty_root();

/// Those whose names begin so.
std::vector<std::filesystem::path> cluster_folders(const std::filesystem::path& root,
                                                   std::string_view prefix);
/// Makes one, named with the process's id. Throws RunError.
std::filesystem::path make_cluster_folder(const std::filesystem::path& root,
                                          std::string_view prefix);

} // namespace citusbench
