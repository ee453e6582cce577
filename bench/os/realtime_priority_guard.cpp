#include "os/realtime_priority_guard.hpp"

namespace citusbench {

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
