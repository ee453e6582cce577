#pragma once

#include <atomic>

#include "core/error.hpp"

namespace citusbench {

/// Set by the first Ctrl-C, SIGTERM or SIGHUP (cli/signals does it); everything that can take long
/// asks it.
class StopFlag {
  public:
    void request() { count_.fetch_add(1, std::memory_order_relaxed); }
    bool requested() const { return count_.load(std::memory_order_relaxed) > 0; }
    /// A second signal: stop without grace.
    bool urgent() const { return count_.load(std::memory_order_relaxed) > 1; }
    /// For set-up code, which ends by an exception.
    void check() const {
        if (requested()) throw Interrupted();
    }

  private:
    std::atomic<int> count_{0};
};

} // namespace citusbench
