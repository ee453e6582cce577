#pragma once

#include <cassert>
#include <cstddef>
#include <vector>

namespace citusbench {

/// A first-in first-out queue of fixed capacity that allocates once.
template <typename T>
class Ring {
  public:
    explicit Ring(std::size_t capacity) : items_(capacity) {}

    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }
    T& front() { return items_[head_]; }
    void push(const T& item) { next() = item; }
    /// A new last item to be filled in; it still holds what stood there.
    T& next() {
        assert(size_ < items_.size());
        const auto at = head_ + size_++;
        return items_[at < items_.size() ? at : at - items_.size()];
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
    std::vector<T> items_;
    std::size_t head_ = 0;
    std::size_t size_ = 0;
};

} // namespace citusbench
