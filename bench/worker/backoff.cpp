#include "worker/backoff.hpp"

namespace citusbench {

bool RetrySchedule::try_again(PendingOperation operation, OperationQueue& queue, Outcome outcome,
                              Ticks now) {
    if (operation.tries >= retries_) return false;
    if (operation.tries == 0) open_.insert(operation.first_sent);
    operation.may_be_done = operation.may_be_done || outcome == Outcome::unknown;
    operation.due = now + backoff_(operation.tries++);
    ++count_;
    ++queue.expected;
    waiting_.emplace(operation.due, Retry{operation, &queue});
    return true;
}

} // namespace citusbench
