#pragma once

#include <string>

namespace citusbench {

/// Something that happened, for events.csv. elapsed_s is on the run's clock (zero at the start of
/// measuring, negative before it).
struct Event {
    double elapsed_s = 0;
    std::string kind;    ///< "phase", "fault_injected", "fault_confirmed", "connection_lost", …
    std::string subject; ///< a node, an entry, a phase
    std::string detail;
};

} // namespace citusbench
