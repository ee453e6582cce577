#pragma once

#include <poll.h>

#include <span>

#include "core/time.hpp"

namespace citusbench {

/// A query that nobody waits for: it proceeds whenever its socket is ready.
class AsyncQuery {
  public:
    virtual ~AsyncQuery() = default;
    /// Whether the answer may still come.
    virtual bool is_pending() const = 0;
    /// What has to happen before proceed() gets further. Only while it is pending.
    virtual pollfd poll_request() const = 0;
    /// Never blocks.
    virtual void proceed() = 0;
};

/// Lets all of them proceed until none is pending, `deadline` has passed, or `wake` (a file
/// descriptor, or -1) can be read.
void poll_until(std::span<AsyncQuery* const> queries, Ticks deadline, int wake);

} // namespace citusbench
