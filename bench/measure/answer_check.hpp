#pragma once

#include <string>
#include <vector>

#include "measure/answer_thread.hpp"
#include "record/run_record.hpp"
#include "verify/verification.hpp"

namespace citusbench {

/// The checking of answers while the load ran: its options and its results.
struct AnswerChecking {
    double share = 0;      ///< of the reads, --check-answers
    bool possible = false; ///< some operation of the mix can be checked
    AnswerReport report;
};

/// The row "wrong_answers" of verify.csv; its offenders carry time, phase and operation. `record`
/// has its phases, `zero` is its clock's.
Check wrong_answers_check(const AnswerChecking& answers, const RunRecord& record, Ticks zero);

/// The row "stale_answers": counted and no failure, like acknowledged rows that are in prepared
/// state on a copy; summarize_answers() says what readers see then.
Check stale_answers_check(const AnswerChecking& answers, const RunRecord& record, Ticks zero);

/// Adds those rows and what they mean to the verification of `record`, which it may be the first
/// of, and the counts and costs to run.json.
void add_answers(const AnswerChecking& answers, RunRecord& record, Ticks zero);

/// The result in words; empty if there was nothing to check.
std::vector<std::string> summarize_answers(const AnswerChecking& answers);

/// The same in numbers, for run.json.
AnswerCheckCost answer_check_cost(const AnswerChecking& answers, const RunRecord& record);

} // namespace citusbench
