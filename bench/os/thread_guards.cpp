#include "os/thread_guards.hpp"

#include <fmt/format.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

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

RealtimePriorityGuard::RealtimePriorityGuard()
    : policy_(sched_getscheduler(0)) { // 0 is the calling thread
    if (policy_ < 0 || sched_getparam(0, &before_) != 0) return;
    const sched_param lowest{.sched_priority = 1};
    granted_ = sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &lowest) == 0;
}

RealtimePriorityGuard::~RealtimePriorityGuard() {
    if (!granted_ || sched_setscheduler(0, policy_, &before_) == 0) return;
    // A process that has the right by RLIMIT_RTPRIO alone may not take that flag back (sched(7));
    // it does no harm.
    sched_setscheduler(0, policy_ | SCHED_RESET_ON_FORK, &before_);
}

} // namespace citusbench
