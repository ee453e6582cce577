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
    std::uint64_t number = 0;
    try {
        worker.connect(timeout, stop_);
        while (auto* control = wait_for_load(++number)) {
            worker.run(*control);
            --running_;
        }
    } catch (...) {
        keep(std::current_exception());
        if (number > 0) --running_;
    }
}

/// The load of this number, from 1; null if there is none any more.
RunControl* WorkerPool::wait_for_load(std::uint64_t number) {
    std::unique_lock lock(mutex_);
    if (number == 1) ++connected_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return loads_ >= number || stop_; });
    return loads_ >= number ? control_ : nullptr;
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
    running_ = static_cast<int>(workers_.size());
    control_ = &control;
    ++loads_;
    changed_.notify_all();
}

std::exception_ptr WorkerPool::failure() const {
    const std::scoped_lock lock(mutex_);
    return failure_;
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
