#include "workloads/chat/room_history.hpp"

#include <algorithm>

namespace citusbench::chat {
namespace {

bool before(const Post& post, std::uint64_t index) {
    return post.index < index;
}

} // namespace

void RoomHistory::add(const Post& post, Ticks forgotten) {
    // They come nearly in order, so the place is near the end.
    auto at = posts_.end();
    while (at != posts_.begin() && (at - 1)->index > post.index) --at;
    posts_.insert(at, post);
    if (posts_.size() >= forget_at_) forget(forgotten);
}

void RoomHistory::forget(Ticks moment) {
    std::size_t newer = 0;
    auto keep_from = posts_.size();
    while (keep_from > 0 && newer < page)
        if (posts_[--keep_from].done < moment) ++newer;
    const auto bound = posts_[keep_from].index;
    std::erase_if(posts_, [&](const Post& post) {
        if (post.index >= bound) return false;
        const bool is_certain = post.done < moment;
        const bool is_possible = post.done == never && post.sent < moment;
        certain_ += is_certain ? 1U : 0U;
        possible_ += is_possible ? 1U : 0U;
        return is_certain || is_possible;
    });
    if (newer == page) counted_below_ = std::max(counted_below_, bound);
    forget_at_ = std::max(4 * page, 2 * posts_.size());
}

const Post* RoomHistory::find(std::uint64_t index) const {
    const auto at = std::lower_bound(posts_.begin(), posts_.end(), index, before);
    return at != posts_.end() && at->index == index ? &*at : nullptr;
}

std::uint64_t RoomHistory::least(const Answer& answer) const {
    auto sum = certain_;
    for (const auto& post : posts_) sum += post.must_be_in(answer) ? 1U : 0U;
    return sum;
}

std::uint64_t RoomHistory::most(const Answer& answer) const {
    auto sum = certain_ + possible_;
    for (const auto& post : posts_) sum += post.may_be_in(answer) ? 1U : 0U;
    return sum;
}

} // namespace citusbench::chat
