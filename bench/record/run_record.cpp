#include "record/run_record.hpp"

#include <algorithm>

namespace citusbench {

void PhaseTotals::merge(const PhaseTotals& other) {
    from_s = operations.empty() ? other.from_s : std::min(from_s, other.from_s);
    to_s = operations.empty() ? other.to_s : std::max(to_s, other.to_s);
    citusbench::merge(operations, other.operations);
    citusbench::merge(affected, other.affected);
    citusbench::merge(unaffected, other.unaffected);
}

PhaseTotals& phase_named(std::vector<PhaseTotals>& phases, const std::string& name) {
    const auto known = std::find_if(phases.begin(), phases.end(),
                                    [&](const auto& phase) { return phase.name == name; });
    if (known != phases.end()) return *known;
    phases.emplace_back().name = name;
    return phases.back();
}

void ErrorClass::merge(const ErrorClass& other) {
    count += other.count;
    if (other.first_elapsed_s < first_elapsed_s) sample = other.sample;
    first_elapsed_s = std::min(first_elapsed_s, other.first_elapsed_s);
    last_elapsed_s = std::max(last_elapsed_s, other.last_elapsed_s);
}

void merge(std::vector<ErrorClass>& classes, const ErrorClass& added) {
    const auto known = std::find_if(classes.begin(), classes.end(), [&](const ErrorClass& each) {
        return each.key() == added.key();
    });
    if (known == classes.end())
        classes.push_back(added);
    else
        known->merge(added);
}

} // namespace citusbench
