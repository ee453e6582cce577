#pragma once

#include <sched.h>
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

/// While it lives, the calling thread runs at once when it has something to do, before all threads
/// of ordinary scheduling (SCHED_FIFO, see sched(7)): when a process ended is known only by who
/// gets a CPU then, and on a machine full of load a thread waits long for one (measured: up to
/// 168 ms with 64 connections on two CPUs, and 85 ms with a nice value of -20). For short work that
/// sleeps, since it takes the CPU from all others; what it starts does not inherit this.
/// Without the right to it (CAP_SYS_NICE or RLIMIT_RTPRIO) nothing changes.
class RealtimePriorityGuard {
  public:
    RealtimePriorityGuard();
    RealtimePriorityGuard(const RealtimePriorityGuard&) = delete;
    RealtimePriorityGuard& operator=(const RealtimePriorityGuard&) = delete;
    ~RealtimePriorityGuard();

    bool granted() const { return granted_; }

  private:
    int policy_;
    sched_param before_{};
    bool granted_ = false;
};

} // namespace citusbench
