#include "stats/recorder.hpp"

#include <algorithm>
#include <utility>

namespace citusbench {

void ErrorCount::merge(const ErrorCount& other) {
    if (other.first < first) sample = other.sample;
    count += other.count;
    first = std::min(first, other.first);
    last = std::max(last, other.last);
}

void Recorder::select(WindowKey key) {
    // Few are open at a time: this interval's and those that operations in flight belong to.
    for (const auto& window : windows_) {
        if (window->key != key) continue;
        current_ = window.get();
        return;
    }
    auto window = std::make_unique<Window>();
    window->key = key;
    window->cells.resize(cells_);
    current_ = window.get();
    windows_.push_back(std::move(window));
}

void Recorder::error(WindowKey key, std::uint32_t kind, Outcome outcome, bool retried,
                     std::string_view sqlstate, std::string_view condition, std::string_view node,
                     Ticks at, std::string_view message) {
    stats(key, 0);
    auto& error_count = current_->errors[ErrorKey{kind, outcome, retried, std::string(sqlstate),
                                                  std::string(condition), std::string(node)}];
    if (error_count.count++ == 0) {
        error_count.first = at;
        error_count.sample = message;
    }
    error_count.last = std::max(error_count.last, at);
}

std::vector<std::unique_ptr<Window>> Recorder::take() {
    current_ = nullptr;
    return std::exchange(windows_, {});
}

} // namespace citusbench
