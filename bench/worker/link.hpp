#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "core/outcome.hpp"
#include "core/time.hpp"
#include "load/route.hpp"
#include "pg/pipeline.hpp"
#include "pg/result.hpp"
#include "stats/recorder.hpp"
#include "worker/ring.hpp"

namespace citusbench {

/// An operation that the schedule called for and that was not sent yet.
struct Waiting {
    std::uint64_t index = 0;
    Ticks intended = 0;
    WindowKey key;
    std::uint32_t kind = 0;
    std::int32_t shard = -1;   ///< see Completion
    std::uint32_t cell = 0;    ///< of the recorder: kind and key group
    std::uint32_t part_of = 0; ///< number of a ScatteredOperation, counted from 1; 0: a whole one
    Ticks due = 0;        ///< waits for a connection from here on: the intended time, or a retry's
    Ticks first_sent = 0; ///< 0: not yet
    std::uint32_t tries = 0;  ///< that ended without success
    bool may_be_done = false; ///< one of those tries has an unknown outcome
    /// Where it was sent last; under --route hash where it belongs, from the beginning.
    std::uint8_t entry = no_entry;
};

/// An operation on its way.
struct InFlight {
    Waiting operation;
    Ticks sent = 0;
    bool checked = false; ///< its answer is to be judged
};

/// An operation that concerns every cluster, sent to each of them.
struct ScatteredOperation {
    Waiting whole;
    std::size_t parts_left = 0; ///< without an outcome; 0: this place is free
    std::array<std::size_t, outcome_count> outcomes{}; ///< parts, by outcome
    Ticks first_sent = 0;                              ///< of any part; 0: none
    Ticks last_done = 0;
    std::uint32_t rows = 0;
    std::vector<std::size_t> not_sent; ///< entries whose part was skipped
    std::vector<pg::Result> answers;   ///< of parts that are to be judged
};

struct Link;

/// Operations that wait for a connection: to any entry or, under --route hash, to one of them.
struct EntryQueue {
    std::deque<Waiting> waiting;
    std::deque<Link*> with_room; ///< links that can take an operation
};

/// A connection of a worker, with its operations and its way back after a loss.
struct Link {
    /// `home_entry`: where it belongs. `its_turn`: see entry_of_attempt().
    Link(std::size_t depth, std::size_t home_entry, std::size_t its_turn)
        : pipeline(depth), in_flight(depth), waiting(depth), entry(home_entry), home(home_entry),
          turn(its_turn) {}

    pg::Pipeline pipeline;
    Ring<InFlight> in_flight;
    Ring<Waiting> waiting; ///< closed loop: the intended operations of its free slots
    std::size_t entry;     ///< where it is connected, or tries to be
    std::size_t home;
    std::size_t turn;
    std::size_t attempt = 0;     ///< at another entry, see entry_of_attempt(); 0: it is at home
    EntryQueue* queue = nullptr; ///< where it takes operations from, if not from `waiting`
    std::size_t retrying = 0;    ///< operations that wait for another try
    std::size_t resting = 0;     ///< slots of a closed loop that rest after an error
    int polled_socket = -1;      ///< the one that epoll knows
    std::uint32_t polled_events = 0;
    bool opening = false;           ///< an attempt to connect is under way
    bool listed = false;            ///< stands in the queue's list of links with room
    bool leaving = false;           ///< takes nothing more: it goes home when all is answered
    Ticks room_since = 0;           ///< it could have taken one more operation from here on
    bool was_ready = false;         ///< since it was last lost
    unsigned failures = 0;          ///< attempts to connect in a row that failed
    Ticks retry_at = never;         ///< while closed
    Ticks connect_deadline = never; ///< while connecting or preparing
};

} // namespace citusbench
