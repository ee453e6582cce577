#pragma once

#include <cstdint>
#include <vector>

#include "core/outcome.hpp"
#include "core/time.hpp"
#include "load/phase_clock.hpp"
#include "pg/pipeline.hpp"
#include "stats/recorder.hpp"
#include "worker/batch_queue.hpp"
#include "worker/fanouts.hpp"
#include "worker/load_plan.hpp"
#include "worker/operation_queue.hpp"

namespace citusbench {

/// Counts the scheduled operations of a thread and their outcomes, and keeps what it publishes
/// until it is taken.
class OutcomeRecorder {
  public:
    /// Keeps a reference.
    explicit OutcomeRecorder(const LoadPlan& plan);
    /// The next load; keeps a reference.
    void begin(const PhaseClock& clock) { clock_ = &clock; }

    void scheduled(const PendingOperation& operation) {
        recorder_.scheduled(operation.key, operation.cell);
        ++outstanding_;
    }
    /// The operation has its outcome. `sent`: the last send.
    void completed(const PendingOperation& operation, Outcome outcome, Ticks sent, Ticks done,
                   std::uint32_t rows);
    /// A try of the operation did not succeed; `again`: it is tried again.
    void error(const SentOperation& sent, Outcome outcome, bool again,
               pg::CompletionKind completion_kind, const pg::Reply& reply, std::size_t entry,
               Ticks done);
    /// Parts of this operation were not sent; the outcome is the whole's.
    void parts_not_sent(const Fanout& fanout, Outcome outcome);
    /// An answer that is to be checked.
    void answer(const PendingOperation& operation, Ticks sent, Ticks done, pg::Result result);
    /// The same for an operation that was sent to every cluster.
    void answer(Fanout&& fanout);

    bool is_write(std::uint32_t kind) const { return is_write_[kind] != 0; }
    /// Scheduled operations that have no outcome yet.
    std::size_t outstanding() const { return outstanding_; }
    std::uint64_t count() const { return count_; }
    /// Moves everything since the last call into `batch`.
    void take(WorkerBatch& batch);

  private:
    /// Where an operation counts that has its outcome, or that of a try, at `done`.
    WindowKey key_at(const PendingOperation& operation, Ticks done) const {
        auto key = operation.key;
        key.segment = static_cast<std::uint32_t>(clock_->segment_of(key.segment, done));
        return key;
    }
    void move_scheduled(const PendingOperation& operation, WindowKey to);

    const LoadPlan& plan_;
    const PhaseClock* clock_ = nullptr;
    CellLayout layout_;
    Recorder recorder_;
    std::vector<char> is_write_; ///< by operation kind
    std::vector<Completion> completions_;
    std::vector<Answer> answers_;
    std::size_t outstanding_ = 0;
    std::uint64_t count_ = 0;
};

inline void OutcomeRecorder::completed(const PendingOperation& operation, Outcome outcome,
                                       Ticks sent, Ticks done, std::uint32_t rows) {
    const auto cell =
        plan_.by_entry ? layout_.cell_of_entry(operation.cell, operation.entry) : operation.cell;
    const auto key = key_at(operation, done);
    if (key != operation.key) [[unlikely]]
        move_scheduled(operation, key);
    recorder_.completed(key, cell, outcome, operation.intended, sent, done, rows);
    if (plan_.groups || is_write(operation.kind))
        completions_.push_back({operation.index, operation.intended,
                                operation.first_sent != 0 ? operation.first_sent : sent, done,
                                operation.shard, static_cast<std::uint16_t>(operation.kind),
                                outcome});
    --outstanding_;
    ++count_;
}

} // namespace citusbench
