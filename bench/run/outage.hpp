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
    std::string trouble;     ///< of the operator: why a step failed
};

} // namespace citusbench
