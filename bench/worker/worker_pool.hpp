#pragma once

#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/stop_flag.hpp"
#include "worker/worker.hpp"

namespace citusbench {

/// The workers of a run on their threads. A worker that throws stops the load of all; the counts of
/// each are in the queue nevertheless.
class WorkerPool {
  public:
    WorkerPool(const LoadPlan& plan, BatchQueue& batch_queue);
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;
    ~WorkerPool();

    /// Starts the threads and waits until every connection is open and prepared. Throws RunError,
    /// Interrupted.
    void connect(Ticks timeout, const StopFlag& stop);
    /// Lets the clock run.
    void start(RunControl& control);
    bool running() const { return running_ > 0; }
    /// Waits for the threads; what a worker threw, if one did.
    std::exception_ptr join();

    WorkerCost cost() const;        ///< after join()
    LoopRecord loop_record() const; ///< of all threads, after join()
    Canceller::Counts cancels() const { return canceller_.counts(); }

  private:
    void run_worker(Worker& worker, Ticks timeout);
    RunControl* wait_for_start();
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
    std::exception_ptr failure_;
};

} // namespace citusbench
