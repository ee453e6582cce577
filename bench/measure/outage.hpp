#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"

namespace citusbench {

/// A fault as it happened, on the monotonic clock; `never` for what has not come.
struct Outage {
    std::string kind;
    std::vector<std::string> nodes;
    std::size_t fault = 0;  ///< of Plan::faults, which is its set of KeyGroups, too
    Ticks injected = never; ///< when its injection began
    Ticks confirmed = never;
    Ticks disabled = never; ///< when the operator had taken the nodes out of use
    Ticks heal_started = never;
    Ticks healed = never;
    Ticks redundant = never; ///< when every shard had all its copies in use again
    std::string error;       ///< of the operator: why a step failed
};

/// Whether a write between `sent` and `done` may have been committed while the nodes were failing,
/// so that Citus acknowledged it but left it prepared on one of them. A fault that only slows or
/// stops a node, or leaves busy back ends alive, counts as failing for its whole duration.
inline bool was_failing(const Outage& outage, Ticks sent, Ticks done) {
    const bool at_once = outage.kind == "crash" || outage.kind == "stop";
    return done >= outage.injected && sent <= (at_once ? outage.confirmed : outage.healed);
}

} // namespace citusbench
