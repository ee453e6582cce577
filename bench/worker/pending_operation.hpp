#pragma once

#include <cstdint>

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

} // namespace citusbench
