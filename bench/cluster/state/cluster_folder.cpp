#include "cluster/state/cluster_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include "cluster/state/cluster_state.hpp"
#include "core/error.hpp"

namespace citusbench {

namespace fs = std::filesystem;

LockedRoot lock_root() {
    while (true) {
        auto root = state_root();
        auto lock = FileLock::wait_folder(root);
        // Otherwise another process removed it with its last cluster, so it is made again.
        if (lock.held()) return {std::move(root), std::move(lock)};
    }
}

void remove_empty_root() {
    if (std::getenv("CITUSBENCH_STATE")) return;
    const auto root = lock_root();
    rmdir(root.path.c_str()); // fails where another cluster is
}

std::vector<fs::path> cluster_folders(const fs::path& root, std::string_view prefix) {
    std::vector<fs::path> folders;
    for (const auto& entry : fs::directory_iterator(root))
        if (entry.is_directory() && entry.path().filename().string().starts_with(prefix))
            folders.push_back(entry.path());
    return folders;
}

fs::path make_cluster_folder(const fs::path& root, std::string_view prefix) {
    for (int i = 1;; ++i) {
        auto folder = root / fmt::format("{}{}-{}", prefix, getpid(), i);
        if (mkdir(folder.c_str(), 0711) == 0) {
            chmod(folder.c_str(), 0711); // whatever the umask: the server user passes through
            return folder;
        }
        if (errno != EEXIST)
            throw RunError(
                fmt::format("cannot make {}: {}", folder.string(), std::strerror(errno)));
    }
}

} // namespace citusbench
