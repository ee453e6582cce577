#include "os/effective_user_guard.hpp"

#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

namespace citusbench {
namespace {

bool forbidden(pid_t pid) {
    char first = 0;
    return readlink(fmt::format("/proc/{}/cwd", pid).c_str(), &first, 1) < 0 && errno == EACCES;
}

} // namespace

EffectiveUserGuard::EffectiveUserGuard(pid_t pid) {
    struct stat info {};
    if (geteuid() != 0 || !forbidden(pid) || stat(fmt::format("/proc/{}", pid).c_str(), &info) != 0)
        return;
    // The group first: whoever is no longer root may not change it.
    setfsgid(info.st_gid);
    setfsuid(info.st_uid);
    changed_ = true;
}

EffectiveUserGuard::~EffectiveUserGuard() {
    if (!changed_) return;
    setfsuid(geteuid());
    setfsgid(getegid());
}

} // namespace citusbench
