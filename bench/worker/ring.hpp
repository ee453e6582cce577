#pragma once

#include <cassert>
#include <cstddef>
#include <utility>
#include <vector>

namespace citusbench {

/// A first-in first-out queue that allocates only when it holds more than ever before.
template <typename T>
class Ring {
  public:
    /// Room for so many items before it grows.
    explicit Ring(std::size_t capacity = 0) : items_(capacity) {}

    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }
    const T& front() const {
        assert(size_ > 0);
        return items_[head_];
    }
    /// Every operation passes through it, and a call would cost as much as it does.
    [[gnu::always_inline]] void push(const T& item) {
        if (size_ == items_.size()) [[unlikely]]
            return grow_and_push(item);
        put(item);
    }
    /// The first item, which stays as it is until a push.
    const T& pop() {
        assert(size_ > 0);
        const T& item = items_[head_];
        head_ = head_ + 1 < items_.size() ? head_ + 1 : 0;
        --size_;
        return item;
    }

  private:
    void put(const T& item) {
        const auto at = head_ + size_++;
        items_[at < items_.size() ? at : at - items_.size()] = item;
    }
    [[gnu::noinline]] void grow_and_push(const T& item) {
        const T kept = item; // it may be one of this ring
        std::vector<T> larger(items_.empty() ? 8 : 2 * items_.size());
        for (std::size_t i = 0; i < size_; ++i) {
            const auto at = head_ + i;
            larger[i] = std::move(items_[at < items_.size() ? at : at - items_.size()]);
        }
        items_ = std::move(larger);
        head_ = 0;
        put(kept);
    }

    std::vector<T> items_;
    std::size_t head_ = 0;
    std::size_t size_ = 0;
};

} // namespace citusbench
