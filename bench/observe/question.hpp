#pragma once

#include <poll.h>

#include <span>

#include "core/time.hpp"

namespace citusbench {

/// Something asked of a node that nobody waits for: it goes on whenever its socket lets it.
class Question {
  public:
    virtual ~Question() = default;
    /// Whether the answer may still come.
    virtual bool is_pending() const = 0;
    /// What has to happen before proceed() gets further. Only while it is pending.
    virtual pollfd waits_for() const = 0;
    /// Never blocks.
    virtual void proceed() = 0;
};

/// Lets all of them proceed until none is pending, `deadline` is there, or `wake` (a file
/// descriptor, or -1) can be read.
void proceed_until(std::span<Question* const> questions, Ticks deadline, int wake);

} // namespace citusbench
