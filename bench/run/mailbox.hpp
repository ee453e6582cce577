#pragma once

#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "stats/recorder.hpp"

namespace citusbench {

/// An event as a worker sees it, on the monotonic clock.
struct WorkerEvent {
    Ticks at = 0;
    std::string kind;
    std::string subject;
    std::string detail;
};

/// What a worker hands over about once a second.
struct Delivery {
    std::vector<std::unique_ptr<Window>> windows;
    std::vector<WorkerEvent> events;
};

/// From the workers to the main thread. The lock is taken once a delivery, never per operation.
class Mailbox {
  public:
    void put(Delivery delivery) {
        const std::scoped_lock lock(mutex_);
        deliveries_.push_back(std::move(delivery));
    }
    std::vector<Delivery> take() {
        const std::scoped_lock lock(mutex_);
        return std::exchange(deliveries_, {});
    }

  private:
    std::mutex mutex_;
    std::vector<Delivery> deliveries_;
};

} // namespace citusbench
