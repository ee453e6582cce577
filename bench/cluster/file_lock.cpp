#include "cluster/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>

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

FileLock FileLock::wait(const std::filesystem::path& file) {
    auto fd = open_lock_file(file);
    while (flock(fd.get(), LOCK_EX) != 0)
        if (errno != EINTR)
            throw RunError(fmt::format("cannot lock {}: {}", file.string(), std::strerror(errno)));
    return FileLock(std::move(fd));
}

FileLock FileLock::attempt(const std::filesystem::path& file) {
    auto fd = open_lock_file(file);
    if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return {};
    return FileLock(std::move(fd));
}

} // namespace citusbench
