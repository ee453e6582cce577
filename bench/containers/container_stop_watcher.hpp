#pragma once

#include <functional>
#include <future>
#include <mutex>
#include <vector>

#include "core/time.hpp"
#include "os/unique_fd.hpp"

namespace citusbench {

/// Processes that somebody else ends at our order: a container's, by its engine. The order returns
/// long after they have ended (measured: Docker's command 0.14 s, and the engine closes the
/// container's port later still), so their own end tells the moment, and the order goes on.
/// Thread-safe.
class ContainerStopWatcher {
  public:
    /// Begins `order` on a thread of its own. Returns the time when the last of `processes`
    /// (descriptors, see open_pidfd()) had ended, or, where there are none to look at, what `order`
    /// returns: the moment as well as it knows. Throws what it threw before that.
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
