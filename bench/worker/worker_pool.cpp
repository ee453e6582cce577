#include "worker/worker_pool.hpp"

#include <algorithm>

namespace citusbench {

WorkerPool::WorkerPool(const LoadPlan& plan, BatchQueue& batch_queue) {
    for (unsigned i = 0; i < plan.threads; ++i)
        workers_.push_back(std::make_unique<Worker>(plan, i, batch_queue, canceller_));
}

WorkerPool::~WorkerPool() {
    join();
}

void WorkerPool::connect(Ticks timeout, const StopFlag& stop) {
    running_ = static_cast<int>(workers_.size());
    for (auto& worker : workers_)
        threads_.emplace_back([this, &worker, timeout] { run_worker(*worker, timeout); });
    std::unique_lock lock(mutex_);
    while (connected_ < workers_.size() && !failure_ && !stop.requested())
        changed_.wait_for(lock, std::chrono::milliseconds(20));
    lock.unlock();
    if (stop.requested()) throw Interrupted();
    if (failure_) std::rethrow_exception(failure_);
}

void WorkerPool::run_worker(Worker& worker, Ticks timeout) {
    try {
        worker.connect(timeout, stop_);
        if (auto* control = wait_for_start()) worker.run(*control);
    } catch (...) {
        keep(std::current_exception());
    }
    --running_;
}

RunControl* WorkerPool::wait_for_start() {
    std::unique_lock lock(mutex_);
    ++connected_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return control_ != nullptr || stop_; });
    return control_;
}

void WorkerPool::keep(std::exception_ptr failure) {
    const std::scoped_lock lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
    // The others must not continue to measure a run that has lost a part of its load.
    if (control_) control_->clock.cut(now_ticks());
    stop_ = true;
    changed_.notify_all();
}

void WorkerPool::start(RunControl& control) {
    const std::scoped_lock lock(mutex_);
    control_ = &control;
    changed_.notify_all();
}

std::exception_ptr WorkerPool::join() {
    {
        const std::scoped_lock lock(mutex_);
        stop_ = true;
        changed_.notify_all();
    }
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
    return failure_;
}

WorkerCost WorkerPool::cost() const {
    WorkerCost sum;
    for (const auto& worker : workers_) sum.merge(worker->cost());
    return sum;
}

LoopRecord WorkerPool::loop_record() const {
    LoopRecord sum;
    for (const auto& worker : workers_) sum.merge(worker->loop_record());
    return sum;
}

} // namespace citusbench
