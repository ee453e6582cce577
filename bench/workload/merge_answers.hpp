#pragma once

#include "workload/answer_checker.hpp"

namespace citusbench {

/// The answer whose parts `parts` holds, in binary format, as one result. Throws WrongAnswer where
/// they cannot be the parts of such an answer, std::bad_alloc, std::logic_error for by_key and
/// none.
Answer merge_answers(const Answer& parts);

} // namespace citusbench
