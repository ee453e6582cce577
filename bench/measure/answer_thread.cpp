#include "measure/answer_thread.hpp"

#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>

#include "core/time.hpp"
#include "workload/binary_values.hpp"
#include "workload/merge_answers.hpp"

namespace citusbench {
namespace {

std::size_t bytes_of(const Answer& answer) {
    auto bytes = PQresultMemorySize(answer.result.get());
    for (const auto& other : answer.others) bytes += PQresultMemorySize(other.get());
    return bytes;
}

/// So that the load has priority where cores are scarce.
constexpr int niceness = 10;

} // namespace

AnswerCounts AnswerReport::total() const {
    AnswerCounts sum;
    for (const auto& kind : kinds) {
        sum.checked += kind.checked;
        sum.wrong += kind.wrong;
        sum.stale += kind.stale;
        sum.unchecked += kind.unchecked;
    }
    return sum;
}

AnswerThread::AnswerThread(Checker checker, std::size_t kinds, Limits limits, Checker stale_checker)
    : limits_(limits), checker_(std::move(checker)), stale_checker_(std::move(stale_checker)),
      dropped_(kinds) {
    report_.kinds.resize(kinds);
    thread_ = std::thread([this] { run(); });
}

AnswerThread::~AnswerThread() {
    finish(true);
}

void AnswerThread::add(std::vector<WriteOutcome> writes, std::vector<Answer> answers,
                       Ticks complete_until) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(answers, [&](const Answer& answer) {
        const auto bytes = bytes_of(answer);
        if (answers_ + 1 > limits_.answers || bytes_ + bytes > limits_.bytes) {
            ++dropped_[answer.kind];
            return true;
        }
        ++answers_;
        bytes_ += bytes;
        return false;
    });
    if (!writes.empty() || !answers.empty())
        batches_.push_back({std::move(writes), std::move(answers)});
    complete_until_ = std::max(complete_until_, complete_until);
    changed_.notify_one();
}

AnswerReport AnswerThread::finish(bool interrupted) {
    {
        const std::scoped_lock lock(mutex_);
        finishing_ = true;
        if (interrupted) interrupted_ = true;
        changed_.notify_one();
    }
    if (thread_.joinable()) {
        thread_.join();
        report_.cpu = cpu_at_end_;
        for (std::size_t i = 0; i < dropped_.size(); ++i) report_.kinds[i].unchecked += dropped_[i];
    }
    return report_;
}

Ticks AnswerThread::cpu() {
    const std::scoped_lock lock(mutex_);
    clockid_t clock{};
    if (cpu_at_end_ >= 0) return cpu_at_end_;
    if (pthread_getcpuclockid(thread_.native_handle(), &clock) != 0) return 0;
    return read_clock(clock);
}

void AnswerThread::run() {
    setpriority(PRIO_PROCESS, 0, niceness); // of this thread alone, on Linux
    try {
        work();
    } catch (const CheckingEnded& ended) {
        report_.ended = ended.what();
    } catch (const std::exception& error) {
        report_.failure = error.what();
    } catch (...) {
        report_.failure = "unknown exception";
    }
    for (const auto& answer : held_) drop(answer);
    held_.clear();
    checker_.reset();
    stale_checker_.reset();
    // Whatever still comes is dropped, and counted.
    std::unique_lock lock(mutex_);
    while (true) {
        for (const auto& batch : batches_)
            for (const auto& answer : batch.answers) ++dropped_[answer.kind];
        batches_.clear();
        answers_ = 0;
        bytes_ = 0;
        if (finishing_) break;
        changed_.wait(lock);
    }
    cpu_at_end_ = read_clock(CLOCK_THREAD_CPUTIME_ID);
}

void AnswerThread::work() {
    for (bool last = false; !last;) {
        std::vector<Batch> batches;
        Ticks complete_until = 0;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return finishing_ || !batches_.empty(); });
            if (interrupted_) return;
            last = finishing_;
            complete_until = last ? never : complete_until_;
            batches.swap(batches_);
        }
        for (auto& batch : batches) hold(batch.answers);
        for (const auto& batch : batches)
            for (const auto& write : batch.writes) add_to_checkers(write);
        check_complete(complete_until);
    }
}

void AnswerThread::hold(std::vector<Answer>& answers) {
    for (auto& answer : answers) held_.push_back(std::move(answer));
}

void AnswerThread::add_to_checkers(WriteOutcome write) {
    checker_->add(write);
    if (!stale_checker_) return;
    if (write.in_doubt) write.outcome = Outcome::unknown;
    stale_checker_->add(write);
}

void AnswerThread::check_complete(Ticks complete_until) {
    const auto waiting =
        std::stable_partition(held_.begin(), held_.end(),
                              [&](const Answer& answer) { return answer.done < complete_until; });
    auto oldest = complete_until;
    for (auto answer = waiting; answer != held_.end(); ++answer)
        oldest = std::min(oldest, answer->sent);
    for (auto left = waiting - held_.begin(); left > 0 && !interrupted_; --left) {
        check(held_.front()); // held until it is checked, so that it is counted if that fails
        release(held_.front());
        held_.pop_front();
    }
    if (interrupted_) return;
    checker_->forget_before(oldest);
    if (stale_checker_) stale_checker_->forget_before(oldest);
}

void AnswerThread::check(const Answer& answer) {
    if (answer.others.empty()) return check_whole(answer);
    try {
        check_whole(merge_answers(answer));
    } catch (const WrongAnswer& wrong) {
        auto& counts = report_.kinds[answer.kind];
        ++counts.checked;
        ++counts.wrong;
        if (report_.lines.size() < AnswerReport::max_lines)
            report_.lines.push_back({answer.index, answer.kind, answer.sent, wrong.what()});
    }
}

void AnswerThread::check_whole(const Answer& answer) {
    auto& counts = report_.kinds[answer.kind];
    const auto wrong = checker_->check(answer);
    ++counts.checked;
    if (!wrong) return;
    const bool stale = stale_checker_ && !stale_checker_->check(answer);
    ++(stale ? counts.stale : counts.wrong);
    auto& lines = stale ? report_.stale : report_.lines;
    if (lines.size() < AnswerReport::max_lines)
        lines.push_back({answer.index, answer.kind, answer.sent, *wrong});
}

void AnswerThread::drop(const Answer& answer) {
    ++report_.kinds[answer.kind].unchecked;
    release(answer);
}

void AnswerThread::release(const Answer& answer) {
    const std::scoped_lock lock(mutex_);
    --answers_;
    bytes_ -= bytes_of(answer);
}

} // namespace citusbench
