// The consumers of every single operation: the ledger, the recovery from faults, the checking of
// answers.
#include <algorithm>
#include <iterator>
#include <utility>

#include "run/measurement.hpp"

namespace citusbench {

void Measurement::follow(std::vector<WorkerBatch>& batches) {
    std::vector<WriteOutcome> writes;
    // After the batches were taken, so that every outage that affects one of them is known.
    const auto all_outages = outages();
    for (const auto& batch : batches) {
        for (const auto& each : batch.completions) {
            if (!operations_[each.kind].is_write) continue;
            ledger_->record(each.index, each.outcome, each.sent - epoch_, each.done - epoch_);
            if (answers_)
                writes.push_back({each.index, each.kind, each.outcome, each.sent, each.done,
                                  is_in_doubt(each, all_outages)});
        }
        until_[batch.thread] = batch.until;
        complete_until_[batch.thread] = batch.complete_until;
    }
    if (answers_ && !batches.empty()) pass_on(std::move(writes), batches);
    if (recovery_) follow_recovery(batches);
}

void Measurement::follow_recovery(const std::vector<WorkerBatch>& batches) {
    for (const auto& batch : batches) recovery_->add(batch.completions);
    // Before the outages are read, so that they contain everything that is certain now.
    const auto until =
        std::min(*std::min_element(until_.begin(), until_.end()), faults_->certain_until());
    recovery_->advance(until, faults_->outages());
}

bool Measurement::is_in_doubt(const Completion& write, const std::vector<Outage>& outages) const {
    return std::any_of(outages.begin(), outages.end(), [&](const Outage& outage) {
        return groups_->affected(groups_->group_of(write.shard), outage.fault) &&
               was_failing(outage, write.sent, write.done);
    });
}

void Measurement::pass_on(std::vector<WriteOutcome> writes, std::vector<WorkerBatch>& batches) {
    std::vector<Answer> answers;
    for (auto& batch : batches)
        std::move(batch.answers.begin(), batch.answers.end(), std::back_inserter(answers));
    answers_->add(std::move(writes), std::move(answers),
                  *std::min_element(complete_until_.begin(), complete_until_.end()));
}

AnswerChecking Measurement::finish_answers(bool interrupted) {
    AnswerChecking checking{load_.check_share, answers_ != nullptr, {}};
    if (answers_) checking.report = answers_->finish(interrupted);
    return checking;
}

std::vector<KeyOutage> Measurement::key_outages() const {
    if (!recovery_) return {};
    std::vector<std::uint64_t> keys(groups_->shards());
    const auto& workload = *plan_.workload;
    // A sample of evenly spaced keys is enough for a share.
    constexpr std::uint64_t max_keys = 1'000'000;
    const auto step = workload.key_count() / max_keys + 1;
    for (std::uint64_t i = 0; i < workload.key_count(); i += step)
        ++keys[static_cast<std::size_t>(groups_->shard_of(workload.key(i)))];
    return recovery_->key_outages(keys);
}

} // namespace citusbench
