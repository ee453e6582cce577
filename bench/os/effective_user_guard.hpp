#pragma once

#include <sys/types.h>

namespace citusbench {

/// While it lives, the calling thread has the effective user of a process's owner.
///
/// What /proc tells of another user's process (cwd, exe, maps) is open to that user, but to root
/// only with the capability SYS_PTRACE, which a container is not given by default (ptrace(2),
/// "Ptrace access mode checking"). Where the caller may look anyhow, or is not root, nothing
/// changes.
class EffectiveUserGuard {
  public:
    explicit EffectiveUserGuard(pid_t pid);
    ~EffectiveUserGuard();
    EffectiveUserGuard(const EffectiveUserGuard&) = delete;
    EffectiveUserGuard& operator=(const EffectiveUserGuard&) = delete;

  private:
    bool changed_ = false;
};

} // namespace citusbench
