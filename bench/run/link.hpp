#pragma once

#include <cstdint>

#include "core/time.hpp"
#include "pg/pipeline.hpp"
#include "run/ring.hpp"
#include "stats/recorder.hpp"

namespace citusbench {

/// An operation that the schedule called for and that was not sent yet.
struct Waiting {
    std::uint64_t index = 0;
    Ticks intended = 0;
    WindowKey key;
    std::uint32_t kind = 0;
    std::int32_t shard = -1; ///< see Completion
    std::uint32_t cell = 0;  ///< of the recorder: kind and key group
    Ticks due = 0;        ///< waits for a connection from here on: the intended time, or a retry's
    Ticks first_sent = 0; ///< 0: not yet
    std::uint32_t tries = 0;  ///< that ended without success
    bool may_be_done = false; ///< one of those tries has an unknown outcome
};

/// An operation on its way.
struct InFlight {
    Waiting operation;
    Ticks sent = 0;
    bool checked = false; ///< its answer is to be judged
};

/// A connection of a worker, with its operations and its way back after a loss.
struct Link {
    Link(std::size_t depth, std::size_t entry_number)
        : pipeline(depth), in_flight(depth), waiting(depth), entry(entry_number) {}

    pg::Pipeline pipeline;
    Ring<InFlight> in_flight;
    Ring<Waiting> waiting; ///< closed loop: the intended operations of its free slots
    std::size_t entry;
    std::size_t retrying = 0; ///< operations that wait for another try
    std::size_t resting = 0;  ///< slots of a closed loop that rest after an error
    int polled_socket = -1;   ///< the one that epoll knows
    std::uint32_t polled_events = 0;
    bool opening = false;           ///< an attempt to connect is under way
    bool listed = false;            ///< open loop: stands in the list of links with room
    Ticks room_since = 0;           ///< it could have taken one more operation from here on
    bool was_ready = false;         ///< since it was last lost
    unsigned failures = 0;          ///< attempts to connect in a row that failed
    Ticks retry_at = never;         ///< while closed
    Ticks connect_deadline = never; ///< while connecting or preparing
};

} // namespace citusbench
