#include "worker/load_priority.hpp"

#include <sched.h>
#include <sys/resource.h>

namespace citusbench {
namespace {

constexpr int preferred_niceness = -10;

} // namespace

void LoadPriority::raise(bool is_open_loop) {
    setpriority(PRIO_PROCESS, 0, preferred_niceness);
    set_realtime(is_open_loop);
}

void LoadPriority::on_busy(double share) {
    if (is_realtime_ && share > max_realtime_share) set_realtime(false);
}

void LoadPriority::set_realtime(bool wanted) {
    if (wanted == is_realtime_) return;
    const sched_param priority{.sched_priority = wanted ? 1 : 0};
    // A process that has the right by RLIMIT_RTPRIO alone may not take the flag back (sched(7)); it
    // does no harm.
    const int policy = (wanted ? SCHED_RR : SCHED_OTHER) | SCHED_RESET_ON_FORK;
    if (sched_setscheduler(0, policy, &priority) == 0) is_realtime_ = wanted;
}

} // namespace citusbench
