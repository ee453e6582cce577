#pragma once

#include <sched.h>
#include <sys/types.h>

namespace citusbench {

/// While it lives, the calling thread has the effective user of a process's owner.
///
/// The files of a process in /proc (cwd, exe, maps) are readable for its owner, but for root only
/// with the capability SYS_PTRACE, which containers lack by default (ptrace(2), "Ptrace access mode
/// checking"). If the caller may read them anyway, or is not root, nothing changes.
class EffectiveUserGuard {
  public:
    explicit EffectiveUserGuard(pid_t pid);
    ~EffectiveUserGuard();
    EffectiveUserGuard(const EffectiveUserGuard&) = delete;
    EffectiveUserGuard& operator=(const EffectiveUserGuard&) = delete;

  private:
    bool changed_ = false;
};

/// While it lives, the calling thread runs before all threads of ordinary scheduling (SCHED_FIFO,
/// see sched(7)). A thread sees the end of a process only when it gets a CPU, and under full load
/// it waits long for one (measured: up to 168 ms with 64 connections on two CPUs, and 85 ms with a
/// nice value of -20). Use it for short work that sleeps, since it takes the CPU from all others;
/// child processes do not inherit it. Without the right to it (CAP_SYS_NICE or RLIMIT_RTPRIO)
/// nothing changes.
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
