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
    std::size_t resting = 0; ///< slots of a closed loop that rest after an error
    int polled_socket = -1;  ///< the one that epoll knows
    std::uint32_t polled_events = 0;
    bool listed = false;            ///< open loop: stands in the list of links with room
    bool was_ready = false;         ///< since it was last lost
    unsigned failures = 0;          ///< attempts to connect in a row that failed
    Ticks retry_at = never;         ///< while closed
    Ticks connect_deadline = never; ///< while connecting or preparing
};

} // namespace citusbench
