#include <array>

#include "fault/fault.hpp"
#include "fault/network_faults.hpp"
#include "fault/process_faults.hpp"

namespace citusbench {
namespace {

constexpr std::array registry = {
    FaultEntry{"crash", "SIGKILL of the whole node, started again afterwards", NetworkNeed::none,
               make_crash},
    FaultEntry{"stop", "fast shutdown of the node, started again afterwards", NetworkNeed::none,
               make_stop},
    FaultEntry{"pause", "SIGSTOP of the whole node, SIGCONT afterwards", NetworkNeed::none,
               make_pause},
    FaultEntry{"partition", "nothing gets through to the node's port, nor back", NetworkNeed::cut,
               make_partition},
    FaultEntry{"slow", "what is sent to the node arrives DELAY later", NetworkNeed::delay,
               make_slow},
    FaultEntry{"postmaster", "SIGKILL of the postmaster alone; busy back ends go on",
               NetworkNeed::none, make_postmaster},
    FaultEntry{"switchover", "Patroni hands the lead over to another member", NetworkNeed::none,
               make_switchover},
    FaultEntry{"none", "nothing happens: a control run with the same phases", NetworkNeed::none,
               make_none},
};

} // namespace

std::span<const FaultEntry> fault_registry() {
    return registry;
}

const FaultEntry* find_fault(std::string_view kind) {
    for (const auto& entry : registry)
        if (entry.kind == kind) return &entry;
    return nullptr;
}

} // namespace citusbench
