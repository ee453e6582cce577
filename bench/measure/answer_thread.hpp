#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "workload/answer_checker.hpp"

namespace citusbench {

/// The results of checking answers.
struct AnswerCounts {
    std::uint64_t checked = 0;
    std::uint64_t wrong = 0;
    std::uint64_t stale = 0;     ///< only lacked writes that were unresolved on some copy
    std::uint64_t unchecked = 0; ///< the queue was full, or the checking had ended
};

struct WrongAnswerLine {
    std::uint64_t index = 0;
    std::uint32_t kind = 0;
    Ticks sent = 0;
    std::string what;
};

struct AnswerReport {
    static constexpr std::size_t max_lines = 20;

    std::vector<AnswerCounts> kinds;    ///< by operation kind
    std::vector<WrongAnswerLine> lines; ///< the first wrong ones
    std::vector<WrongAnswerLine> stale; ///< the first stale ones
    std::string ended;                  ///< why checking ended early, if that is no failure
    std::string failure;                ///< what went wrong in the checker
    Ticks cpu = 0;                      ///< CPU time of the checking
    AnswerCounts total() const;
};

/// Checks answers on a thread of its own, at a low priority, while the load runs. An answer waits
/// until the outcome of every write that was sent before its end is known. Memory is bounded:
/// answers that find no room are dropped and counted, writes never are.
class AnswerThread {
  public:
    struct Limits {
        std::size_t answers = 10'000;
        std::size_t bytes = 256 << 20; ///< of results
    };

    using Checker = std::unique_ptr<AnswerChecker>;

    /// The checkers are used and destroyed on the thread alone. `kinds`: how many operation kinds.
    /// `stale_checker` is another checker of the same workload, where writes may be unresolved on a
    /// copy: it treats those as unknown, and an answer that it accepts is stale and not wrong.
    AnswerThread(Checker checker, std::size_t kinds, Checker stale_checker = nullptr)
        : AnswerThread(std::move(checker), kinds, Limits(), std::move(stale_checker)) {}
    AnswerThread(Checker checker, std::size_t kinds, Limits limits,
                 Checker stale_checker = nullptr);
    AnswerThread(const AnswerThread&) = delete;
    AnswerThread& operator=(const AnswerThread&) = delete;
    ~AnswerThread();

    /// `complete_until`: every write that was sent before has its outcome in this call or an
    /// earlier one, and every answer to an operation sent before has come. It never falls.
    void add(std::vector<WriteOutcome> writes, std::vector<Answer> answers, Ticks complete_until);

    /// Checks what is left, as every write has its outcome now, unless `interrupted`; nothing may
    /// be added afterwards.
    AnswerReport finish(bool interrupted);

    /// CPU time of the thread until now.
    Ticks cpu();

  private:
    struct Batch {
        std::vector<WriteOutcome> writes;
        std::vector<Answer> answers;
    };

    void run();
    void work();
    void hold(std::vector<Answer>& answers);
    void check_complete(Ticks complete_until);
    void add_to_checkers(WriteOutcome write);
    void check(const Answer& answer);
    void check_whole(const Answer& answer);
    void drop(const Answer& answer);
    void release(const Answer& answer);

    const Limits limits_;
    AnswerReport report_; ///< of the thread until it was joined

    // Of the thread alone.
    Checker checker_;
    Checker stale_checker_;
    std::deque<Answer> held_; ///< to be checked when every write before their end has its outcome

    std::mutex mutex_; ///< of what follows
    std::condition_variable changed_;
    std::vector<Batch> batches_;
    std::vector<std::uint64_t> dropped_; ///< by kind
    Ticks complete_until_ = 0;
    std::size_t answers_ = 0; ///< in the batches and held
    std::size_t bytes_ = 0;
    bool finishing_ = false;
    Ticks cpu_at_end_ = -1;

    std::atomic<bool> interrupted_{false};
    std::thread thread_;
};

} // namespace citusbench
