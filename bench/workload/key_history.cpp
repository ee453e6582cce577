#include "workload/key_history.hpp"

#include <algorithm>

namespace citusbench {
namespace {

bool before(const Insert& insert, std::uint64_t index) {
    return insert.index < index;
}

} // namespace

void KeyHistory::add(const Insert& insert, Ticks forgotten) {
    // They come nearly in order, so the place is near the end.
    auto at = inserts_.end();
    while (at != inserts_.begin() && (at - 1)->index > insert.index) --at;
    inserts_.insert(at, insert);
    if (inserts_.size() >= forget_at_) forget(forgotten);
}

void KeyHistory::forget(Ticks moment) {
    std::size_t newer = 0;
    auto keep_from = inserts_.size();
    while (keep_from > 0 && newer < page)
        if (inserts_[--keep_from].done < moment) ++newer;
    const auto bound = inserts_[keep_from].index;
    std::erase_if(inserts_, [&](const Insert& insert) {
        if (insert.index >= bound) return false;
        const bool is_certain = insert.done < moment;
        const bool is_possible = insert.done == never && insert.sent < moment;
        certain_ += is_certain ? 1U : 0U;
        possible_ += is_possible ? 1U : 0U;
        return is_certain || is_possible;
    });
    if (newer == page) counted_below_ = std::max(counted_below_, bound);
    forget_at_ = std::max(4 * page, 2 * inserts_.size());
}

const Insert* KeyHistory::find(std::uint64_t index) const {
    const auto at = std::lower_bound(inserts_.begin(), inserts_.end(), index, before);
    return at != inserts_.end() && at->index == index ? &*at : nullptr;
}

std::uint64_t KeyHistory::least(const Answer& answer) const {
    auto sum = certain_;
    for (const auto& insert : inserts_) sum += insert.must_be_in(answer) ? 1U : 0U;
    return sum;
}

std::uint64_t KeyHistory::most(const Answer& answer) const {
    auto sum = certain_ + possible_;
    for (const auto& insert : inserts_) sum += insert.may_be_in(answer) ? 1U : 0U;
    return sum;
}

} // namespace citusbench
