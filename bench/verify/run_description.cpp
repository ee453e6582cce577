#include "verify/run_description.hpp"

#include <algorithm>
#include <stdexcept>

namespace citusbench {

IssuedOperations::IssuedOperations(const RunDescription& description)
    : description_(description), kinds_(description.weights), slots_(description.ledger->end()) {
    const auto& kinds = description.workload->operations();
    bool any_group = false;
    for (std::size_t i = 0; i < kinds.size(); ++i)
        any_group = any_group || (kinds[i].rows > 1 && description.weights[i] > 0);
    if (!any_group) return;
    each_insert([&](std::uint64_t index, Ledger::Mark, std::uint64_t count) {
        if (count == 1) return;
        groups_.push_back({index, slots_});
        slots_ += count;
    });
}

std::uint32_t IssuedOperations::kind(std::uint64_t index) const {
    return kind_of_operation(kinds_, description_.seed, description_.identity.run, index);
}

std::uint64_t IssuedOperations::rows(std::uint64_t index) const {
    return static_cast<std::uint64_t>(description_.workload->operations()[kind(index)].rows);
}

std::uint64_t IssuedOperations::slot(std::uint64_t index, std::uint64_t row) const {
    const auto at = std::lower_bound(
        groups_.begin(), groups_.end(), index,
        [](const Group& group, std::uint64_t wanted) { return group.index < wanted; });
    if (at != groups_.end() && at->index == index) return at->first_slot + row;
    if (row != 0) throw std::logic_error("an insert of one row has no further ones");
    return index;
}

} // namespace citusbench
