#pragma once

#include <cstdint>

#include "core/random.hpp"
#include "core/time.hpp"

namespace citusbench::test {

/// How a null server answers operations; times are in nanoseconds.
struct NullScript {
    Ticks delay = 0;      ///< from an operation's arrival to its answer
    Ticks slow_delay = 0; ///< of one operation in `slow_every`, chosen as if by lot
    unsigned slow_every = 0;
    /// Chosen by $1 instead of by the operation's number at this server, so that who sent it knows.
    bool slow_by_parameter = false;
    /// The first answer on a connection waits up to this much longer, evenly spread over the
    /// connections: otherwise a closed loop of many connections comes in one burst for ever.
    Ticks stagger = 0;
    /// Delayed answers are at least this far apart, over all connections: what piled up in a freeze
    /// comes no faster than a server could have worked it off.
    Ticks pace = 0;
    unsigned error_every = 0; ///< every n-th operation fails; 0: none
    /// Answers to remember for NullServer::answers(); above 0 the kernel notes arrivals.
    std::size_t remembered = 0;

    /// `key`: the operation's number or its parameter.
    Ticks delay_of(std::uint64_t key) const {
        return slow_every > 0 && mix64(key) % slow_every == 0 ? slow_delay : delay;
    }
};

/// What a null server did with one operation, on CLOCK_MONOTONIC.
struct NullAnswer {
    std::int64_t parameter = -1; ///< $1; -1: none
    std::uint32_t connection = 0;
    /// When the kernel had the last byte of what was read with it, so that a server which was slow
    /// to wake does not count; without the kernel's notes, when it had been read.
    Ticks arrived = 0;
    Ticks answered = 0; ///< just before its answer was written to the socket
    bool is_error = false;
};

struct NullCounts {
    std::uint64_t operations = 0; ///< answered, errors among them
    std::uint64_t errors = 0;
    std::uint64_t accepted = 0;    ///< connections
    std::uint64_t started = 0;     ///< of those, how many were greeted
    std::uint64_t cancels = 0;     ///< requests
    std::uint64_t max_waiting = 0; ///< accepted and not greeted yet, at a time
    std::uint64_t open = 0;        ///< connections now
    Ticks last_started = 0;        ///< when the last one was greeted
};

} // namespace citusbench::test
