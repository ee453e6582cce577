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

/// What became of the answers that were to be judged.
struct AnswerCounts {
    std::uint64_t checked = 0;
    std::uint64_t wrong = 0;
    std::uint64_t stale = 0;     ///< only lacked writes that were in doubt on some copy
    std::uint64_t unchecked = 0; ///< no room was left for them, or the checking had ended
};

struct WrongAnswerLine {
    std::uint64_t index = 0;
    std::uint32_t kind = 0;
    Ticks sent = 0;
    std::string what;
};

struct AnswerReport {
    static constexpr std::size_t most_lines = 20;

    std::vector<AnswerCounts> kinds;    ///< by operation kind
    std::vector<WrongAnswerLine> lines; ///< the first wrong ones
    std::vector<WrongAnswerLine> stale; ///< the first stale ones
    std::string ended;                  ///< why nothing more was judged, where that is no failure
    std::string failure;                ///< what went wrong in the checker
    Ticks cpu = 0;                      ///< CPU time of the checking
    AnswerCounts total() const;
};

/// Judges answers on a thread of its own, at a low priority, while the load runs. An answer waits
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
    /// `doubting` is another checker of the same make where writes may be in doubt: an answer that
    /// is right but for those is stale and not wrong.
    AnswerThread(Checker checker, std::size_t kinds, Checker doubting = nullptr)
        : AnswerThread(std::move(checker), kinds, Limits(), std::move(doubting)) {}
    AnswerThread(Checker checker, std::size_t kinds, Limits limits, Checker doubting = nullptr);
    AnswerThread(const AnswerThread&) = delete;
    AnswerThread& operator=(const AnswerThread&) = delete;
    ~AnswerThread();

    /// `settled`: every write that was sent before has its outcome in this call or an earlier one,
    /// and every answer to an operation sent before has come. It never falls.
    void add(std::vector<WriteFact> writes, std::vector<Answer> answers, Ticks settled);

    /// Judges what is left, all of it settled now, unless `in_haste`; nothing may be added
    /// afterwards.
    AnswerReport finish(bool in_haste);

    /// CPU time of the thread until now.
    Ticks cpu();

  private:
    struct Batch {
        std::vector<WriteFact> writes;
        std::vector<Answer> answers;
    };

    void run();
    void work();
    void hold(std::vector<Answer>& answers);
    void judge_settled(Ticks settled);
    void add_to_checkers(WriteFact write);
    void judge(const Answer& answer);
    void judge_whole(const Answer& answer);
    void drop(const Answer& answer);
    void release(const Answer& answer);

    const Limits limits_;
    AnswerReport report_; ///< of the thread until it was joined

    // Of the thread alone.
    Checker checker_;
    Checker doubting_;
    std::deque<Answer> held_; ///< to be judged when they are settled

    std::mutex mutex_; ///< of what follows
    std::condition_variable changed_;
    std::vector<Batch> batches_;
    std::vector<std::uint64_t> dropped_; ///< by kind
    Ticks settled_ = 0;
    std::size_t answers_ = 0; ///< in the batches and held
    std::size_t bytes_ = 0;
    bool finishing_ = false;
    Ticks cpu_at_end_ = -1;

    std::atomic<bool> in_haste_{false};
    std::thread thread_;
};

} // namespace citusbench
