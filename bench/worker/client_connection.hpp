#pragma once

#include <cstddef>
#include <cstdint>

#include "core/time.hpp"
#include "load/route.hpp"
#include "pg/pipeline.hpp"
#include "worker/operation_queue.hpp"

namespace citusbench {

/// Which entry a connection uses, and which one it belongs to.
struct Placement {
    std::size_t entry;           ///< where it is connected, or tries to be
    std::size_t preferred_entry; ///< where it belongs
    std::size_t turn;            ///< see entry_of_attempt()
    std::size_t attempt =
        0; ///< at another entry, see entry_of_attempt(); 0: it is at its preferred one

    Placement(std::size_t preferred, std::size_t its_turn)
        : entry(preferred), preferred_entry(preferred), turn(its_turn) {}

    bool is_away() const { return attempt != 0; }
    /// After a loss or a refusal: the next attempt is the next entry's, out of `entries`.
    void fail_over(std::size_t entries) {
        entry = entry_of_attempt(preferred_entry, turn, ++attempt, entries);
        if (entry == preferred_entry) attempt = 0;
    }
    void fail_back() {
        entry = preferred_entry;
        attempt = 0;
    }
};

/// A connection of a worker with its operations in flight and the state of its reconnecting.
struct ClientConnection {
    ClientConnection(std::size_t depth, std::size_t preferred_entry, std::size_t turn)
        : pipeline(depth), placement(preferred_entry, turn) {}

    bool is_ready() const { return pipeline.state() == pg::Pipeline::State::ready; }

    pg::PipelineOf<SentOperation> pipeline;
    Placement placement;
    OperationQueue* queue = nullptr; ///< where it takes operations from
    int polled_socket = -1;          ///< the one that epoll knows
    std::uint32_t polled_events = 0;
    bool opening = false;   ///< an attempt to connect is under way
    bool listed = false;    ///< it is in the queue's list of connections with room
    bool leaving = false;   ///< takes no more operations: it fails back when all are answered
    bool was_ready = false; ///< since it was last lost
    unsigned failures = 0;  ///< attempts to connect in a row that failed
    Ticks room_since = 0;   ///< it could have taken one more operation from here on
    Ticks retry_at = never; ///< while closed
    Ticks connect_deadline = never; ///< while connecting or preparing
};

} // namespace citusbench
