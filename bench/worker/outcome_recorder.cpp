#include "worker/outcome_recorder.hpp"

#include <utility>

namespace citusbench {

OutcomeRecorder::OutcomeRecorder(const LoadPlan& plan)
    : plan_(plan), layout_(plan.layout()), recorder_(layout_.cells()) {
    for (const auto& kind : plan.workload->operations()) is_write_.push_back(kind.is_write ? 1 : 0);
}

void OutcomeRecorder::error(const SentOperation& sent, Outcome outcome, bool again,
                            pg::CompletionKind completion_kind, const pg::Reply& reply,
                            std::size_t entry, Ticks done) {
    recorder_.error(key_at(sent.operation, done), sent.operation.kind, outcome, again,
                    reply.sqlstate, pg::condition_name(completion_kind, reply.sqlstate),
                    plan_.entries[entry].name, done, reply.message);
}

/// It was scheduled before what it met began.
void OutcomeRecorder::move_scheduled(const PendingOperation& operation, WindowKey to) {
    recorder_.unscheduled(operation.key, operation.cell);
    recorder_.scheduled(to, operation.cell);
}

void OutcomeRecorder::parts_not_sent(const Fanout& fanout, Outcome outcome) {
    for (const auto entry : fanout.not_sent)
        recorder_.error(key_at(fanout.whole, fanout.last_done), fanout.whole.kind, outcome, false,
                        "", "not_sent", plan_.entries[entry].name, fanout.last_done,
                        "no connection to this entry in time, for a part of the operation");
}

void OutcomeRecorder::answer(const PendingOperation& operation, Ticks sent, Ticks done,
                             pg::Result result) {
    answers_.push_back({operation.index, operation.kind, sent, done, std::move(result)});
}

void OutcomeRecorder::answer(Fanout&& fanout) {
    const auto& whole = fanout.whole;
    auto& parts = fanout.answers;
    Answer answer{whole.index,
                  whole.kind,
                  whole.first_sent,
                  fanout.last_done,
                  std::move(parts.front()),
                  {},
                  plan_.workload->operations()[whole.kind].merge_rule};
    for (std::size_t i = 1; i < parts.size(); ++i) answer.others.push_back(std::move(parts[i]));
    answers_.push_back(std::move(answer));
}

void OutcomeRecorder::take(WorkerBatch& batch) {
    batch.windows = recorder_.take();
    batch.completions = std::exchange(completions_, {});
    batch.answers = std::exchange(answers_, {});
}

} // namespace citusbench
