#pragma once

#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "stats/recorder.hpp"
#include "workload/answer_checker.hpp"

namespace citusbench {

/// An event as a worker sees it, on the monotonic clock.
struct WorkerEvent {
    Ticks at = 0;
    std::string kind;
    std::string subject;
    std::string detail;
};

/// An operation that has its outcome.
struct Completion {
    std::uint64_t index = 0;
    Ticks intended = 0;
    Ticks sent = 0; ///< for the first time; 0 if it was skipped
    Ticks done = 0;
    std::int32_t shard = -1; ///< the shard of its key; -1: all shards, or not tracked
    std::uint16_t kind = 0;
    Outcome outcome = Outcome::ok;
};

/// What a worker publishes about ten times a second.
struct WorkerBatch {
    std::vector<std::unique_ptr<Window>> windows;
    std::vector<WorkerEvent> events;
    std::vector<Completion> completions; ///< of writes; of everything in runs with faults
    std::vector<Answer> answers;         ///< to be checked
    unsigned thread = 0;
    /// Everything that ended before is in this batch or an earlier one.
    Ticks until = 0;
    /// Every operation of this thread that was sent before has its outcome in this batch or an
    /// earlier one.
    Ticks complete_until = 0;
};

/// From the workers to the main thread. The lock is taken once a batch, never per operation.
class BatchQueue {
  public:
    void put(WorkerBatch batch) {
        const std::scoped_lock lock(mutex_);
        batches_.push_back(std::move(batch));
    }
    std::vector<WorkerBatch> take() {
        const std::scoped_lock lock(mutex_);
        return std::exchange(batches_, {});
    }

  private:
    std::mutex mutex_;
    std::vector<WorkerBatch> batches_;
};

} // namespace citusbench
