#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "load/route.hpp"
#include "stats/recorder.hpp"

namespace citusbench {

/// An operation that is scheduled and not sent yet.
struct PendingOperation {
    std::uint64_t index = 0;
    Ticks intended = 0;
    WindowKey key;
    std::uint32_t kind = 0;
    std::int32_t shard = -1;     ///< see Completion
    std::uint32_t cell = 0;      ///< of the recorder: kind and key group
    std::uint32_t fanout_id = 0; ///< see Fanouts; 0: it is a whole operation
    Ticks due = 0;        ///< waits for a connection from here on: the intended time, or a retry's
    Ticks first_sent = 0; ///< 0: not yet
    std::uint32_t tries = 0;  ///< that ended without success
    bool may_be_done = false; ///< one of those tries has an unknown outcome
    /// The entry that it was sent to last; under --route hash always the one that owns its key.
    std::uint8_t entry = no_entry;
};

/// An operation in flight.
struct SentOperation {
    PendingOperation operation;
    Ticks sent = 0;
    bool checked = false; ///< its answer is to be checked
};

/// A first-in first-out queue that allocates only when it holds more than ever before.
template <typename T>
class Ring {
  public:
    /// Room for the given number of items before it grows.
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

struct ClientConnection;

/// Operations that wait to be sent, in the order in which they are sent. One queue serves all
/// connections that may take from it: those of an open loop, or those to one entry under
/// --route hash. In a closed loop without routing each connection has a queue of its own, which
/// holds the next operations of its free slots.
struct OperationQueue {
    explicit OperationQueue(std::size_t capacity = 0) : pending(capacity) {}

    /// Removes from the front the operations that wait since `due` or earlier, and passes each to
    /// `on_expired`, which may add others.
    template <typename OnExpired>
    void expire_pending(Ticks due, OnExpired&& on_expired) {
        while (!pending.empty() && pending.front().due <= due) {
            const auto operation = pending.pop();
            on_expired(operation);
        }
    }

    Ring<PendingOperation> pending;
    Ring<ClientConnection*> with_room; ///< connections that can take an operation, if shared
    ClientConnection* owner = nullptr; ///< the one connection that takes from it; null: shared
    /// Operations that will come back to it: slots that back off after an error, and retries.
    std::size_t expected = 0;
};

} // namespace citusbench
