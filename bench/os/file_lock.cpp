#include "os/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "core/error.hpp"

namespace citusbench {
namespace {

UniqueFd open_lock_file(const std::filesystem::path& file) {
    UniqueFd fd(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd) throw RunError(fmt::format("cannot open {}: {}", file.string(), std::strerror(errno)));
    return fd;
}

} // namespace

FileLock FileLock::wait_folder(const std::filesystem::path& folder) {
    UniqueFd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd) return {};
    while (flock(fd.get(), LOCK_EX) != 0)
        if (errno != EINTR)
            throw RunError(
                fmt::format("cannot lock {}: {}", folder.string(), std::strerror(errno)));
    struct stat locked {};
    struct stat present {};
    if (fstat(fd.get(), &locked) != 0 || stat(folder.c_str(), &present) != 0 ||
        locked.st_ino != present.st_ino || locked.st_dev != present.st_dev)
        return {};
    return FileLock(std::move(fd));
}

FileLock FileLock::attempt(const std::filesystem::path& file) {
    auto fd = open_lock_file(file);
    if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return {};
    return FileLock(std::move(fd));
}

} // namespace citusbench
