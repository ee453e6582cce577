#pragma once

#include <functional>
#include <future>
#include <mutex>
#include <vector>

#include "core/time.hpp"
#include "os/unique_fd.hpp"

namespace citusbench {

/// Watches processes that another program ends for us: the engine ends those of a container. The
/// engine's command returns long after they have ended (measured: Docker's command 0.14 s, and the
/// engine closes the container's port later still). So the end of the processes is the moment, and
/// the command continues in the background. Thread-safe.
class ContainerStopWatcher {
  public:
    /// Runs `order` on a separate thread. Returns the time when the last of `processes`
    /// (descriptors, see open_pidfd()) had ended; without processes, the time that `order` returns.
    /// Throws what `order` threw before that.
    Ticks begin(std::vector<UniqueFd> processes, std::function<Ticks()> order);
    /// Waits until the last order has returned.
    void wait() const;
    /// The same; throws what it threw, once.
    void wait_for_completion();

  private:
    mutable std::mutex mutex_;
    std::shared_future<Ticks> order_; ///< waits for its thread when it goes
};

} // namespace citusbench
