#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "os/file_lock.hpp"

namespace citusbench {

/// The state folder with its lock, which is held while folders are created, examined or get an
/// owner, so that no other process sees an incomplete one.
struct LockedRoot {
    std::filesystem::path path;
    FileLock lock;
};
LockedRoot lock_root();

/// Removing the last cluster also removes the default state folder, if nothing else is in it (such
/// as templates of data directories). A folder that the user named stays.
void remove_empty_root();

/// Those whose names begin so.
std::vector<std::filesystem::path> cluster_folders(const std::filesystem::path& root,
                                                   std::string_view prefix);
/// Makes one, named with the process's id. Throws RunError.
std::filesystem::path make_cluster_folder(const std::filesystem::path& root,
                                          std::string_view prefix);

} // namespace citusbench
