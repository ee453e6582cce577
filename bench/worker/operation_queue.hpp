#pragma once

#include <cstddef>

#include "worker/pending_operation.hpp"
#include "worker/ring.hpp"

namespace citusbench {

struct ClientConnection;

/// Operations that wait to be sent, in the order in which they are sent. One queue serves all
/// connections that may take from it: those of an open loop, or those to one entry under
/// --route hash. In a closed loop without routing each connection has a queue of its own, which
/// holds the next operations of its free slots.
struct OperationQueue {
    explicit OperationQueue(std::size_t capacity = 0) : pending(capacity) {}

    /// Takes out what waits since `due` or earlier, from the front, and gives each operation to
    /// `on_expired`, which may put others in.
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
