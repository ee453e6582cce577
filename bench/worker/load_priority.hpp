#pragma once

namespace citusbench {

/// How the calling thread of load is scheduled. If servers share the machine, waiting for a core
/// would look like their latency, and would send operations late. Measured on two CPUs with servers
/// on both, open loops of 3,000 and 5,000 operations/s: 99.9 % of the operations were sent within
/// 70 to 90 µs under SCHED_RR, within 0.4 to 2.4 ms with a nice value of -10; a shorter slice of
/// the scheduler changed nothing. On Linux each of these concerns one thread alone. Not every user
/// may do this: the send lag shows the result.
class LoadPriority {
  public:
    /// Of its time, above which a thread gives its real-time priority up: such a thread must not
    /// take a core from the servers, and the kernel would stop it for 5 % of each second
    /// (sched(7)).
    static constexpr double max_realtime_share = 0.8;

    /// The priority for a load: SCHED_RR where the load is an open loop, whose operations have a
    /// time to be sent at, and else a nice value of -10.
    void raise(bool is_open_loop);
    /// `share`: of the last second, that the thread ran or waited for a core.
    void on_busy(double share);
    bool is_realtime() const { return is_realtime_; }

  private:
    void set_realtime(bool wanted);
    bool is_realtime_ = false;
};

} // namespace citusbench
