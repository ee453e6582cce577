#pragma once

#include <sys/types.h>

namespace citusbench {

/// Looks at files with the eyes of a process's owner, for the calling thread, as long as it lives.
///
/// What /proc tells of another user's process (cwd, exe, maps) is open to that user, but to root
/// only with the capability SYS_PTRACE, which a container is not given by default (ptrace(2),
/// "Ptrace access mode checking"). Where the caller may look anyhow, or is not root, nothing
/// changes.
class AsOwner {
  public:
    explicit AsOwner(pid_t pid);
    ~AsOwner();
    AsOwner(const AsOwner&) = delete;
    AsOwner& operator=(const AsOwner&) = delete;

  private:
    bool changed_ = false;
};

} // namespace citusbench
