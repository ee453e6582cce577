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

/// An operation that is scheduled and not sent yet.
struct PendingOperation {
    std::uint64_t index = 0;
    Ticks intended = 0;
    WindowKey key;
    std::uint32_t kind = 0;
    std::int32_t shard = -1; ///< see Completion
    std::uint32_t cell = 0;  ///< of the recorder: kind and key group
    std::uint32_t fanout_id =
        0;                ///< the FanoutOperation that it is a part of, counted from 1; 0: none
    Ticks due = 0;        ///< waits for a connection from here on: the intended time, or a retry's
    Ticks first_sent = 0; ///< 0: not yet
    std::uint32_t tries = 0;  ///< that ended without success
    bool may_be_done = false; ///< one of those tries has an unknown outcome
    /// The entry that it was sent to last; under --route hash always the one that owns its key.
    std::uint8_t entry = no_entry;
};

/// An operation on its way.
struct InFlight {
    PendingOperation operation;
    Ticks sent = 0;
    bool checked = false; ///< its answer is to be checked
};

/// An operation that concerns every cluster, sent to each of them.
struct FanoutOperation {
    PendingOperation whole;
    std::size_t parts_pending = 0;                     ///< without an outcome; 0: this slot is free
    std::array<std::size_t, outcome_count> outcomes{}; ///< parts, by outcome
    Ticks first_sent = 0;                              ///< of any part; 0: none
    Ticks last_done = 0;
    std::uint32_t rows = 0;
    std::vector<std::size_t> not_sent; ///< entries whose part was skipped
    std::vector<pg::Result> answers;   ///< of parts that are to be checked
};

struct ClientConnection;

/// Operations that wait for a connection: to any entry or, under --route hash, to one of them.
struct EntryQueue {
    std::deque<PendingOperation> pending;
    std::deque<ClientConnection*> with_room; ///< connections that can take an operation
};

/// A connection of a worker: its operations, and how it reconnects after a loss.
struct ClientConnection {
    /// `its_preferred_entry`: the one that the weights give it. `its_turn`: see entry_of_attempt().
    ClientConnection(std::size_t depth, std::size_t its_preferred_entry, std::size_t its_turn)
        : pipeline(depth), in_flight(depth), pending(depth), entry(its_preferred_entry),
          preferred_entry(its_preferred_entry), turn(its_turn) {}

    pg::Pipeline pipeline;
    Ring<InFlight> in_flight;
    Ring<PendingOperation> pending; ///< closed loop: the intended operations of its free slots
    std::size_t entry;              ///< where it is connected, or tries to be
    std::size_t preferred_entry;
    std::size_t turn;
    std::size_t attempt = 0;     ///< 0: at its preferred entry; else see entry_of_attempt()
    EntryQueue* queue = nullptr; ///< where it takes operations from, if not from `pending`
    std::size_t retrying = 0;    ///< operations that wait for another try
    std::size_t backing_off = 0; ///< slots of a closed loop that wait after an error
    int polled_socket = -1;      ///< the one that epoll knows
    std::uint32_t polled_events = 0;
    bool opening = false;           ///< an attempt to connect is under way
    bool listed = false;            ///< stands in the queue's list of connections with room
    bool leaving = false;           ///< takes nothing more, and fails back when all is answered
    Ticks room_since = 0;           ///< it could have taken one more operation from here on
    bool was_ready = false;         ///< since it was last lost
    unsigned failures = 0;          ///< attempts to connect in a row that failed
    Ticks retry_at = never;         ///< while closed
    Ticks connect_deadline = never; ///< while connecting or preparing
};

} // namespace citusbench
