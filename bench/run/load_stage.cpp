#include "run/load_stage.hpp"

#include <iterator>
#include <utility>

namespace citusbench {
namespace {

template <typename T>
void prepend(std::vector<T>&& first, std::vector<T>& rows) {
    first.insert(first.end(), std::make_move_iterator(rows.begin()),
                 std::make_move_iterator(rows.end()));
    rows = std::move(first);
}

} // namespace

void prepend_warmup(RunRecord&& warmup, double earlier_s, RunRecord& record) {
    for (auto& phase : warmup.phases) {
        phase.from_s -= earlier_s;
        phase.to_s -= earlier_s;
    }
    for (auto& row : warmup.timeline) row.elapsed_s -= earlier_s;
    for (auto& interval : warmup.intervals) interval.elapsed_s -= earlier_s;
    for (auto& event : warmup.events) event.elapsed_s -= earlier_s;
    for (auto& error : warmup.errors) {
        error.first_elapsed_s -= earlier_s;
        error.last_elapsed_s -= earlier_s;
    }
    prepend(std::move(warmup.phases), record.phases);
    prepend(std::move(warmup.timeline), record.timeline);
    prepend(std::move(warmup.intervals), record.intervals);
    prepend(std::move(warmup.events), record.events);
    prepend(std::move(warmup.errors), record.errors);
}

} // namespace citusbench
