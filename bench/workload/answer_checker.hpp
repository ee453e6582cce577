#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/outcome.hpp"
#include "core/time.hpp"
#include "pg/result.hpp"
#include "workload/operation.hpp"

namespace citusbench {

/// A write as its client saw it; times on the monotonic clock. A row of it may have been there
/// from `sent` on. It must be there for everything sent after `done` where the outcome is ok, and
/// never where it is failed or skipped.
struct WriteOutcome {
    std::uint64_t index = 0;
    std::uint32_t kind = 0;
    Outcome outcome = Outcome::ok;
    Ticks sent = 0;
    Ticks done = 0;
    /// Acknowledged while a node with a copy of its rows was failing. Citus may have left it
    /// prepared there, and reads that copy without it until in-doubt transactions are recovered.
    bool in_doubt = false;
};

/// The answer to a read, with its rows in binary format.
struct Answer {
    std::uint64_t index = 0;
    std::uint32_t kind = 0;
    Ticks sent = 0;
    Ticks done = 0;
    pg::Result result;
    /// The answers of other clusters to the same operation, and how to combine them: a checker gets
    /// only the combined result.
    std::vector<pg::Result> others = {};
    MergeRule merge_rule = MergeRule::by_key;
};

/// Thrown by add() or check() when the checker reaches a limit of its own, usually memory: checking
/// ends, which is no failure of the run. what() says why.
class CheckingEnded : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Checks answers of a workload's reads against what was loaded and written. One thread uses it.
class AnswerChecker {
  public:
    virtual ~AnswerChecker() = default;

    /// Whether answers of this kind can be checked.
    virtual bool checks(std::uint32_t kind) const = 0;
    /// A write of the run, in no particular order. Before check() is called, every write that was
    /// sent before the answer's `done` was added.
    virtual void add(const WriteOutcome& write) = 0;
    /// One line, with keys, about what is wrong with the answer; nothing if the answer is possible.
    virtual std::optional<std::string> check(const Answer& answer) = 0;
    /// All later answers were sent after `moment`, so data needed only by earlier ones can be
    /// freed.
    virtual void forget_before(Ticks moment) { (void)moment; }
};

} // namespace citusbench
