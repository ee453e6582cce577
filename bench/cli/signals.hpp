#pragma once

#include <thread>

#include "core/stop_flag.hpp"

namespace citusbench {

/// Blocks SIGINT, SIGTERM and SIGHUP in the calling thread and all it starts later, and counts them
/// in `stop` on a thread of its own. SIGPIPE is ignored: a lost connection is an answer, no signal.
class SignalWatch {
  public:
    explicit SignalWatch(StopFlag& stop);
    ~SignalWatch();
    SignalWatch(const SignalWatch&) = delete;
    SignalWatch& operator=(const SignalWatch&) = delete;

  private:
    std::thread thread_;
};

} // namespace citusbench
