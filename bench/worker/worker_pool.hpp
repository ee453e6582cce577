#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/stop_flag.hpp"
#include "worker/worker.hpp"

namespace citusbench {

/// The workers of a run on their threads, which serve one load after the other on the same
/// connections. A worker that throws stops the load of all; the counts of each are in the queue
/// nevertheless.
class WorkerPool {
  public:
    WorkerPool(const LoadPlan& plan, BatchQueue& batch_queue);
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;
    ~WorkerPool();

    /// Starts the threads and waits until every connection is open and prepared. Throws RunError,
    /// Interrupted.
    void connect(Ticks timeout, const StopFlag& stop);
    /// Begins a load, whose clock runs; the last one has ended, and nothing failed.
    void start(RunControl& control);
    /// Whether the load is under way.
    bool running() const { return running_ > 0; }
    /// What a worker threw, if one did.
    std::exception_ptr failure() const;
    /// Waits for the threads, after which there is no further load; failure().
    std::exception_ptr join();

    WorkerCost cost() const;        ///< while no load is running
    LoopRecord loop_record() const; ///< of all threads in the last load, while none is running
    Canceller::Counts cancels() const { return canceller_.counts(); }

  private:
    void run_worker(Worker& worker, Ticks timeout);
    RunControl* wait_for_load(std::uint64_t number);
    void keep(std::exception_ptr failure);

    Canceller canceller_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::vector<std::thread> threads_;
    std::atomic<bool> stop_{false};
    std::atomic<int> running_{0};
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t connected_ = 0;
    RunControl* control_ = nullptr;
    std::uint64_t loads_ = 0; ///< that began
    std::exception_ptr failure_;
};

} // namespace citusbench
