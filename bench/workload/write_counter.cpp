#include "workload/write_counter.hpp"

#include <algorithm>

namespace citusbench {

void WriteCounter::add(const WriteOutcome& write, std::uint32_t rows) {
    if (write.outcome != Outcome::ok && write.outcome != Outcome::unknown) return;
    recent_.push_back({write.sent, write.outcome == Outcome::ok ? write.done : never, rows});
    if (recent_.size() >= forget_at_) forget_old();
}

void WriteCounter::forget_before(Ticks moment) {
    forgotten_ = std::max(forgotten_, moment);
}

void WriteCounter::forget_old() {
    std::erase_if(recent_, [&](const Recent& write) {
        const bool is_certain = write.done < forgotten_;
        const bool is_possible = write.done == never && write.sent < forgotten_;
        if (is_certain) certain_ += write.rows;
        if (is_possible) possible_ += write.rows;
        return is_certain || is_possible;
    });
    forget_at_ = std::max<std::size_t>(1024, 2 * recent_.size());
}

std::uint64_t WriteCounter::least(Ticks answer_sent) const {
    auto sum = certain_;
    for (const auto& write : recent_)
        if (write.done < answer_sent) sum += write.rows;
    return sum;
}

std::uint64_t WriteCounter::most(Ticks answer_done) const {
    auto sum = certain_ + possible_;
    for (const auto& write : recent_)
        if (write.sent < answer_done) sum += write.rows;
    return sum;
}

} // namespace citusbench
