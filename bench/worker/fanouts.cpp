#include "worker/fanouts.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace citusbench {

Outcome merge_outcomes(const PartOutcomes& parts, bool is_write) {
    const auto count = [&](Outcome outcome) { return parts[index_of(outcome)]; };
    const auto all = std::accumulate(parts.begin(), parts.end(), std::size_t{0});
    for (const auto same : {Outcome::ok, Outcome::skipped})
        if (count(same) == all) return same;
    const bool is_split_write = is_write && count(Outcome::ok) > 0;
    return count(Outcome::unknown) > 0 || is_split_write ? Outcome::unknown : Outcome::failed;
}

PendingOperation Fanouts::begin(const PendingOperation& whole) {
    if (free_ids_.empty()) {
        slots_.emplace_back();
        free_ids_.push_back(static_cast<std::uint32_t>(slots_.size()));
    }
    auto part = whole;
    part.fanout_id = free_ids_.back();
    free_ids_.pop_back();
    auto& slot = slots_[part.fanout_id - 1];
    slot.fanout.whole = whole;
    slot.parts_pending = parts_;
    return part;
}

std::optional<Fanout> Fanouts::complete_part(const PendingOperation& part,
                                             const PartResult& result) {
    auto& slot = slots_[part.fanout_id - 1];
    auto& fanout = slot.fanout;
    auto& first_sent = fanout.whole.first_sent;
    ++fanout.outcomes[index_of(result.outcome)];
    if (result.outcome == Outcome::skipped) fanout.not_sent.push_back(part.entry);
    const auto began = part.first_sent != 0 ? part.first_sent : result.sent;
    if (began != 0 && (first_sent == 0 || began < first_sent)) first_sent = began;
    fanout.last_done = std::max(fanout.last_done, result.done);
    fanout.rows += result.rows;
    if (result.answer && *result.answer) fanout.answers.emplace_back(std::move(*result.answer));
    if (--slot.parts_pending > 0) return std::nullopt;
    free_ids_.push_back(part.fanout_id);
    return std::exchange(fanout, Fanout());
}

Ticks Fanouts::oldest_sent(Ticks now) const {
    auto oldest = now;
    for (const auto& [fanout, parts_pending] : slots_)
        if (parts_pending > 0 && fanout.whole.first_sent != 0)
            oldest = std::min(oldest, fanout.whole.first_sent);
    return oldest;
}

} // namespace citusbench
